import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recap } from '../../api/analytics';
import { saveBlob } from '../../api/save';
import { Button } from '../../components/Button';
import { trackCover } from '../../components/cover-url';
import { toast } from '../../components/toast';
import { useTint } from '../../design/palette';
import { trackArtist } from '../../i18n/names';
import { numberOf } from '../../i18n/format';
import { CARD, drawCard, pngOf, type Card } from './card';
import { comparisonOf, minutesOf } from './facts';

function useCard(recap: Recap): Card {
	const { t, i18n } = useTranslation();
	const first = recap.top_tracks[0]?.track;
	const tint = useTint(first?.cover_url, first?.album ?? recap.user.username);
	const language = i18n.language;
	return {
		year: recap.year,
		name: recap.user.full_name ?? recap.user.username,
		title: t('recap.cardTitle', { year: String(recap.year) }),
		minutes: numberOf(minutesOf(recap.heard_ms), language),
		minutesName: t('recap.minutes', { count: minutesOf(recap.heard_ms) }),
		comparison: comparisonOf(recap, t, language),
		artistsName: t('recap.topArtists'),
		artists: recap.top_artists.map(({ artist }) => artist.name),
		tracksName: t('recap.topTracks'),
		tracks: recap.top_tracks.map(({ track }) => ({
			title: track.title,
			subtitle: trackArtist(track),
			cover: trackCover(track),
		})),
		figures: [
			{ name: t('nav.tracks'), value: numberOf(recap.tracks, language) },
			{ name: t('nav.artists'), value: numberOf(recap.artists, language) },
			{ name: t('stats.activeDays'), value: numberOf(recap.active_days, language) },
		],
		hue: tint.hue,
		months: recap.months.map(({ heard_ms }) => heard_ms),
	};
}

const canShareFiles = (): boolean => {
	const probe = new File([''], 'x.png', { type: 'image/png' });
	return typeof navigator.canShare === 'function' && navigator.canShare({ files: [probe] });
};

/** The year as a picture, to be kept or sent on. */
export function Picture({ recap }: { recap: Recap }) {
	const { t } = useTranslation();
	const canvas = useRef<HTMLCanvasElement>(null);
	const [drawn, setDrawn] = useState('');
	const card = useCard(recap);
	const key = JSON.stringify(card);
	useEffect(() => {
		let live = true;
		/* Drawn apart and shown when done: two drawings at once would mix. */
		const own = document.createElement('canvas');
		void drawCard(own, JSON.parse(key) as Card).then(() => {
			const shown = canvas.current;
			if (!live || !shown) return;
			shown.width = CARD.width;
			shown.height = CARD.height;
			shown.getContext('2d')?.drawImage(own, 0, 0);
			setDrawn(key);
		});
		return () => {
			live = false;
		};
	}, [key]);
	const name = `ogma-${recap.year}.png`;
	const save = async (share: boolean) => {
		if (!canvas.current) return;
		try {
			const blob = await pngOf(canvas.current);
			if (share) await navigator.share({ files: [new File([blob], name, { type: blob.type })] });
			else saveBlob(blob, name);
		} catch (cause) {
			/* Closing the system's own sheet is no failure. */
			if (!(cause instanceof DOMException && cause.name === 'AbortError')) toast(t('recap.failed'));
		}
	};
	return (
		<div className="lg:sticky lg:top-[calc(var(--header)+1rem)]">
			<canvas
				ref={canvas}
				width={CARD.width}
				height={CARD.height}
				role="img"
				aria-label={t('recap.pictureOf', { year: String(recap.year) })}
				className="mx-auto block h-auto w-full max-w-88 rounded-lg bg-surface-2 shadow-2"
			/>
			<div className="mt-4 flex flex-wrap justify-center gap-2.5">
				<Button look="primary" icon="download" disabled={drawn !== key} onClick={() => void save(false)}>
					{t('recap.download')}
				</Button>
				{canShareFiles() && (
					<Button icon="share" disabled={drawn !== key} onClick={() => void save(true)}>
						{t('recap.share')}
					</Button>
				)}
			</div>
			<p className="mt-3 text-center text-xs text-text-2">{t('recap.private')}</p>
		</div>
	);
}
