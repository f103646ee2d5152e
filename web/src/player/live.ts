/* Live channels in the player: tuning in, and keeping at it. */
import { apiGet } from '../api/client';
import { channelKey, liveUrl, onAir, type Channel } from '../api/channels';
import { useSettings } from '../app/settings';
import { volumeFactor } from './gain';
import { LiveStream } from './live-stream';
import { useRadio, type Phase, type Station } from './radio';
import { formatsFor } from './live-formats';
import { browserCanPlay } from './source';
import { usePlayer } from './store';

/** The one element live channels sound from. */
export const liveElement = new Audio();
liveElement.preload = 'none';

const set = (phase: Phase) => useRadio.setState({ phase });

const stream = new LiveStream(liveElement, {
	playing: () => set('playing'),
	waiting: () => set('waiting'),
	blocked: () => set('blocked'),
	over: () => set('over'),
	wanted: async () => {
		const { station } = useRadio.getState();
		if (!station) return false;
		try {
			return onAir(await apiGet<Channel>(channelKey(station.id)));
		} catch (error) {
			/* Nobody can say: then it is worth a try. A channel that is gone is not. */
			return (error as { status?: number }).status !== 404;
		}
	},
});

/* Two windows do not play over each other, nor a channel over a track. */
const windows = new BroadcastChannel('ogma.player');

/** Puts a channel on. To be called from the press of a button. */
export function tuneIn(station: Station): void {
	windows.postMessage('playing');
	usePlayer.getState().pause();
	usePlayer.getState().setSheet(false);
	if (useRadio.getState().station?.id !== station.id) useRadio.setState({ now: null });
	useRadio.setState({ station, phase: 'connecting' });
	const formats = formatsFor(useSettings.getState().format, browserCanPlay);
	stream.start(formats.map((format) => liveUrl(station.id, format)));
}

function stop(): void {
	stream.stop();
	if (useRadio.getState().station) set('stopped');
}

useRadio.setState({
	play: () => {
		const { station } = useRadio.getState();
		if (station) tuneIn(station);
	},
	stop,
	leave: () => {
		stream.stop();
		useRadio.setState({ station: null, phase: 'stopped', now: null });
	},
});

windows.onmessage = stop;
addEventListener('online', () => stream.retryNow());

function takeVolume(): void {
	const { volume, muted } = usePlayer.getState();
	liveElement.volume = muted ? 0 : volumeFactor(volume);
}

takeVolume();
usePlayer.subscribe(takeVolume);
