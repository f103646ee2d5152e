import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLyrics } from '../api/hooks';
import type { LyricsLine, Track } from '../api/types';
import { SkeletonRows } from '../components/Skeletons';
import { usePlayer } from './store';
import { usePosition } from './use-time';

function lineAt(lines: LyricsLine[], position: number): number {
	let found = -1;
	for (let at = 0; at < lines.length; at += 1) {
		if ((lines[at]?.time_ms ?? Infinity) <= position) found = at;
	}
	return found;
}

function SyncedLines({ lines }: { lines: LyricsLine[] }) {
	/* A little early: eyes read before ears hear. */
	const now = lineAt(lines, usePosition() + 300);
	const active = useRef<HTMLLIElement>(null);
	useEffect(() => {
		void active.current?.scrollIntoView({ block: 'center', behavior: 'smooth' });
	}, [now]);
	return (
		<ol className="display space-y-3 py-[30%] text-xl leading-snug">
			{lines.map((line, at) => (
				<li key={at} ref={at === now ? active : null} aria-current={at === now || undefined}>
					<button
						type="button"
						className={`text-left transition-colors duration-300 ${at === now ? 'text-text' : 'text-text-3 hover:text-text-2'}`}
						onClick={() => line.time_ms !== null && usePlayer.getState().seek(line.time_ms)}
					>
						{line.text || '♪'}
					</button>
				</li>
			))}
		</ol>
	);
}

export function LyricsView({ track }: { track: Track }) {
	const { t } = useTranslation();
	const { data, error, isLoading } = useLyrics(track);
	if (isLoading) return <SkeletonRows />;
	if (error || !data) return <p className="py-8 text-center text-text-2">{t('lyrics.none')}</p>;
	if (data.synced) return <SyncedLines lines={data.lines} />;
	return <p className="py-4 leading-loose whitespace-pre-line">{data.text}</p>;
}
