import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLibrary } from '../../api/hooks';
import { BITRATES, useSettings, type GainMode, type StreamFormat, type Theme } from '../../app/settings';
import { Page } from '../../components/Page';
import { Segmented } from '../../components/Segmented';
import { LANGUAGES, setLanguage } from '../../i18n';
import { dateOf, lengthOf, numberOf, sizeOf } from '../../i18n/format';
import { graphWorksHere } from '../../player/graph';
import { AccountCard } from './AccountCard';

function Setting({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
	return (
		<div className="flex flex-col gap-3 border-t border-line py-5 first:border-0 lg:flex-row lg:items-center lg:justify-between lg:gap-8">
			<div className="max-w-md">
				<h3 className="font-sans text-base font-semibold tracking-normal">{title}</h3>
				{hint && <p className="mt-1 text-sm text-text-2">{hint}</p>}
			</div>
			{children}
		</div>
	);
}

function Group({ title, children }: { title: string; children: ReactNode }) {
	const id = useId();
	return (
		<section aria-labelledby={id} className="mt-8 first-of-type:mt-0">
			<h2 id={id} className="mb-2 text-lg">
				{title}
			</h2>
			<div className="rounded-lg border border-line bg-surface px-5 sm:px-6">{children}</div>
		</section>
	);
}

function Look() {
	const { t, i18n } = useTranslation();
	const { theme, set } = useSettings();
	const themes = (['system', 'light', 'dark'] as Theme[]).map((value) => ({
		value,
		label: t(`settings.theme.${value}`),
	}));
	return (
		<Group title={t('settings.look')}>
			<Setting title={t('settings.theme.title')}>
				<Segmented
					label={t('settings.theme.title')}
					value={theme}
					options={themes}
					onChange={(value) => set({ theme: value })}
				/>
			</Setting>
			<Setting title={t('settings.language')}>
				<Segmented
					label={t('settings.language')}
					value={i18n.language}
					options={LANGUAGES.map(({ code, name }) => ({ value: code as string, label: name }))}
					onChange={(value) => {
						const language = value === 'ru' ? 'ru' : 'en';
						set({ language });
						void setLanguage(language);
					}}
				/>
			</Setting>
		</Group>
	);
}

function Sound() {
	const { t } = useTranslation();
	const { format, bitrate, gain, set } = useSettings();
	const formats = (['original', 'opus', 'mp3', 'aac'] as StreamFormat[]).map((value) => ({
		value,
		label: t(`settings.format.${value}`),
	}));
	const gains = (['off', 'track', 'album'] as GainMode[]).map((value) => ({
		value,
		label: t(`settings.gain.${value}`),
	}));
	return (
		<Group title={t('settings.sound')}>
			<Setting title={t('settings.format.title')} hint={t('settings.format.hint')}>
				<Segmented
					label={t('settings.format.title')}
					value={format}
					options={formats}
					onChange={(value) => set({ format: value })}
				/>
			</Setting>
			{format !== 'original' && (
				<Setting title={t('settings.bitrate')} hint={t('settings.bitrateHint')}>
					<Segmented
						label={t('settings.bitrate')}
						value={String(bitrate)}
						options={BITRATES.map((rate) => ({ value: String(rate), label: String(rate) }))}
						onChange={(value) => set({ bitrate: Number(value) })}
					/>
				</Setting>
			)}
			<Setting
				title={t('settings.gain.title')}
				hint={t(graphWorksHere() ? 'settings.gain.hint' : 'settings.gain.notHere')}
			>
				<Segmented
					label={t('settings.gain.title')}
					value={gain}
					options={gains}
					onChange={(value) => set({ gain: value })}
				/>
			</Setting>
		</Group>
	);
}

function Facts() {
	const { t, i18n } = useTranslation();
	const { data } = useLibrary();
	const language = i18n.language;
	if (!data) return null;
	const facts: [string, string][] = [
		[t('nav.tracks'), numberOf(data.tracks, language)],
		[t('nav.albums'), numberOf(data.albums, language)],
		[t('nav.artists'), numberOf(data.artists, language)],
		[t('nav.genres'), numberOf(data.genres, language)],
		[t('settings.length'), lengthOf(data.duration_ms, language)],
		[t('settings.size'), sizeOf(data.size_bytes, language)],
		[
			t('settings.scanned'),
			data.scanning ? t('settings.scanning') : data.last_scan_at ? dateOf(data.last_scan_at, language) : '—',
		],
	];
	return (
		<Group title={t('nav.library')}>
			<dl className="grid grid-cols-2 gap-5 py-5 sm:grid-cols-3 lg:grid-cols-4">
				{facts.map(([name, value]) => (
					<div key={name}>
						<dt className="text-sm text-text-3">{name}</dt>
						<dd className="tabular mt-0.5 font-semibold">{value}</dd>
					</div>
				))}
			</dl>
		</Group>
	);
}

export default function SettingsPage() {
	const { t } = useTranslation();
	return (
		<Page title={t('nav.settings')}>
			<div className="max-w-4xl">
				<h1 className="mb-6 text-2xl font-bold">{t('nav.settings')}</h1>
				<AccountCard />
				<Look />
				<Sound />
				<Facts />
				<p className="mt-6 text-sm text-text-2">{t('settings.keys')}</p>
			</div>
		</Page>
	);
}
