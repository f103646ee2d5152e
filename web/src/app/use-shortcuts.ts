/* Keys that work on every page. They keep out of fields, and out of the way of what a focused control does itself. */
import { useEffect } from 'react';
import { toggleRadio, useRadio } from '../player/radio';
import { usePlayer } from '../player/store';

const SEEK_MS = 5000;
const VOLUME_STEP = 0.05;

const isField = (element: Element | null) =>
	element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName));

/* Space and arrows belong to a focused button, link, slider or menu. */
const isControl = (element: Element | null) =>
	Boolean(element?.closest('button,a,summary,[role=slider],[role=menu],[role=radiogroup]'));

function playerKey(event: KeyboardEvent): boolean {
	const player = usePlayer.getState();
	const busy = isControl(document.activeElement);
	switch (event.code) {
		case 'Space':
			if (busy) return false;
			if (!toggleRadio()) player.toggle();
			return true;
		case 'KeyK':
			if (!toggleRadio()) player.toggle();
			return true;
		case 'ArrowRight':
		case 'ArrowLeft': {
			/* What is on the air has no other place to go to. */
			if ((busy && !event.shiftKey) || useRadio.getState().station) return false;
			const forward = event.code === 'ArrowRight';
			if (!event.shiftKey) player.seekBy(forward ? SEEK_MS : -SEEK_MS);
			else if (forward) player.next();
			else player.previous();
			return true;
		}
		case 'ArrowUp':
		case 'ArrowDown':
			if (!event.shiftKey) return false;
			player.setVolume(player.volume + (event.code === 'ArrowUp' ? VOLUME_STEP : -VOLUME_STEP));
			return true;
		case 'KeyM':
			player.toggleMute();
			return true;
		case 'KeyS':
			player.toggleShuffle();
			return true;
		case 'KeyR':
			player.cycleRepeat();
			return true;
		case 'KeyF':
			if (useRadio.getState().station) return false;
			player.setSheet(!player.sheetOpen);
			return true;
		default:
			return false;
	}
}

interface Keys {
	search: () => void;
	help: () => void;
}

export function useShortcuts({ search, help }: Keys): void {
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => {
			if (event.defaultPrevented || event.altKey) return;
			const withControl = event.ctrlKey || event.metaKey;
			/* By place on the keyboard, not by letter: the same keys in the Russian layout. */
			if (withControl && event.code === 'KeyK') {
				event.preventDefault();
				search();
				return;
			}
			if (withControl || isField(document.activeElement)) return;
			if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) help();
			else if (event.key === '/' || event.code === 'Slash') search();
			else if (!playerKey(event)) return;
			event.preventDefault();
		};
		addEventListener('keydown', onKey);
		return () => removeEventListener('keydown', onKey);
	}, [search, help]);
}
