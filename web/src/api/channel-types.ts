/* Shapes of live channels: the server's own, with what a schema cannot say. */
import type { Exactly, Rules, Shapes } from './types';

export type ChannelState = 'playing' | 'paused' | 'stopped' | 'placeholder';
export type ItemSource = 'track' | 'file' | 'stream' | 'telegram' | 'youtube';

export type QueueItem = Exactly<Shapes['QueueItem'], { source: ItemSource }>;
export type CurrentItem = Exactly<Shapes['CurrentItem'], { source: ItemSource }>;
export type AutoEndTimer = Shapes['AutoEndTimer'];

export interface AutoDj {
	playlist_id?: number;
	rules?: Rules;
	/** What sounds like the tracks played last. */
	similar?: boolean;
	track_window_minutes?: number;
	artist_window_minutes?: number;
}

export type Channel = Exactly<
	Shapes['Channel'],
	{
		state: ChannelState;
		level_mode: 'off' | 'track' | 'album';
		auto_dj: AutoDj | null;
		/** Of an event it is only what the queue had. */
		current_item: QueueItem | CurrentItem | null;
	}
>;

/** With the moment it was received at (performance.now()), so that its position can be told on. */
export type Received<T> = T & { received_at: number };

export type Played = Shapes['ChannelPlay'];

export type Queue = Pick<Shapes['ChannelQueue'], 'total' | 'version'> & { items: QueueItem[] };
