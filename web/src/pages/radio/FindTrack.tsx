import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchTracks } from '../../api/hooks';
import type { Track } from '../../api/types';
import { IconButton } from '../../components/Button';
import { Cover } from '../../components/Cover';
import { TextInput } from '../../components/form/TextInput';
import type { IconName } from '../../components/Icon';
import { trackArtist } from '../../i18n/names';
import { clockOf } from '../../i18n/format';

interface FindTrackProps {
	/** Words of the button beside a track. */
	action: (track: Track) => string;
	icon: IconName;
	onChoose: (track: Track) => void;
	/** Another button, before it. */
	extra?: (track: Track) => ReactNode;
	disabled?: boolean;
	className?: string;
}

const SHOWN = 20;

/** A track of the library by a few letters of it. */
export function FindTrack(props: FindTrackProps) {
	const { action, icon, onChoose, extra, disabled = false, className = 'max-h-[46dvh]' } = props;
	const { t } = useTranslation();
	const [words, setWords] = useState('');
	const q = words.trim();
	const { data } = useSearchTracks(q, { limit: SHOWN });
	const items = q ? (data?.items ?? []) : [];
	return (
		<div>
			<TextInput
				label={t('radio.find.label')}
				hiddenLabel
				type="search"
				placeholder={t('radio.find.placeholder')}
				value={words}
				onChange={setWords}
				autoComplete="off"
			/>
			<p role="status" className={items.length === 0 && q && data ? 'mt-3 text-sm text-text-2' : 'sr-only'}>
				{q && data ? t('search.found', { count: data.total }) : ''}
			</p>
			<ul aria-label={t('radio.find.results')} className={`-mx-2 mt-2 overflow-y-auto empty:hidden ${className}`}>
				{items.map((track) => (
					<li key={track.id} className="flex items-center gap-3 rounded-sm p-2 hover:bg-surface-2">
						<Cover url={track.cover_url} name={track.album ?? track.title} sizes="44px" className="w-11 rounded-xs!" />
						<div className="min-w-0 flex-1">
							<p className="truncate font-medium">{track.title}</p>
							<p className="truncate text-sm text-text-2">{trackArtist(track)}</p>
						</div>
						<span className="tabular text-sm text-text-3 max-sm:hidden">{clockOf(track.duration_ms)}</span>
						{extra?.(track)}
						<IconButton icon={icon} label={action(track)} disabled={disabled} onClick={() => onChoose(track)} />
					</li>
				))}
			</ul>
		</div>
	);
}
