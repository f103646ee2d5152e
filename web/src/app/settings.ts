/* What a person has chosen on this device. Persisted under "ogma.settings", which public/theme.js also reads. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export type Theme = 'system' | 'light' | 'dark';
export type Language = 'ru' | 'en';
export type StreamFormat = 'original' | 'mp3' | 'opus' | 'aac';
export type GainMode = 'off' | 'track' | 'album';

export const BITRATES = [64, 96, 128, 160, 192, 256, 320] as const;

export interface Settings {
	theme: Theme;
	/** null: as the browser asks. */
	language: Language | null;
	format: StreamFormat;
	bitrate: number;
	gain: GainMode;
}

interface SettingsStore extends Settings {
	set: (change: Partial<Settings>) => void;
}

export const useSettings = create<SettingsStore>()(
	persist(
		(set) => ({
			theme: 'system',
			language: null,
			format: 'original',
			bitrate: 192,
			gain: 'off',
			set: (change) => set(change),
		}),
		{
			name: 'ogma.settings',
			version: 1,
			partialize: ({ theme, language, format, bitrate, gain }) => ({ theme, language, format, bitrate, gain }),
		},
	),
);
