import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { IconButton } from '../../components/Button';
import { Icon, type IconName } from '../../components/Icon';
import { sizeOf } from '../../i18n/format';
import { isOnItsWay, pause, remove, resume, type Entry, type Stage } from './uploader';

const SIGNS: Partial<Record<Stage, IconName>> = { done: 'check', failed: 'alert', paused: 'pause' };

export function Bar({ label, part }: { label: string; part: number }) {
	const percent = Math.round(part * 100);
	return (
		<div
			role="progressbar"
			aria-label={label}
			aria-valuemin={0}
			aria-valuemax={100}
			aria-valuenow={percent}
			className="h-1.5 overflow-hidden rounded-full bg-surface-3"
		>
			<div className="h-full rounded-full bg-accent" style={{ width: `${percent}%` }} />
		</div>
	);
}

/** What became of it: the track and its album, or why not. */
function Outcome({ entry }: { entry: Entry }) {
	const { t } = useTranslation();
	const { track, reason } = entry;
	if (entry.stage === 'failed') return <span className="text-danger wrap-anywhere">{reason ?? t('error.text')}</span>;
	if (!track) return <>{t('upload.stage.done')}</>;
	return (
		<>
			<Link to={`/tracks/${track.id}`} className="font-semibold text-text hover:underline">
				{track.title}
			</Link>
			{track.album && track.album_id && (
				<>
					{' · '}
					<Link to={`/albums/${track.album_id}`} className="hover:underline">
						{track.album}
					</Link>
				</>
			)}
		</>
	);
}

function Actions({ entry }: { entry: Entry }) {
	const { t } = useTranslation();
	const { key, name, stage } = entry;
	return (
		<span className="flex">
			{isOnItsWay(entry) && (
				<IconButton icon="pause" size="sm" label={t('upload.pause', { name })} onClick={() => pause(key)} />
			)}
			{stage === 'paused' && (
				<IconButton icon="play" size="sm" label={t('upload.resume', { name })} onClick={() => resume(key)} />
			)}
			{stage === 'failed' && (
				<IconButton icon="repeat" size="sm" label={t('upload.again', { name })} onClick={() => resume(key)} />
			)}
			{stage !== 'working' && (
				<IconButton icon="close" size="sm" label={t('upload.remove', { name })} onClick={() => remove(key)} />
			)}
		</span>
	);
}

export function EntryRow({ entry }: { entry: Entry }) {
	const { t, i18n } = useTranslation();
	const over = entry.stage === 'done' || entry.stage === 'failed';
	const part = entry.size > 0 ? entry.sent / entry.size : 1;
	return (
		<li className="flex items-center gap-3 py-2.5" data-stage={entry.stage}>
			<Icon
				name={SIGNS[entry.stage] ?? 'upload'}
				className={`size-5 ${entry.stage === 'failed' ? 'text-danger' : entry.stage === 'done' ? 'text-accent-text' : 'text-text-2'}`}
			/>
			<div className="min-w-0 flex-1">
				<p className="truncate font-medium" title={entry.name}>
					{entry.name}
				</p>
				{!over && <Bar label={entry.name} part={part} />}
				<p className="mt-0.5 text-sm text-text-2">
					{over ? (
						<Outcome entry={entry} />
					) : (
						t(`upload.stage.${entry.stage}`, {
							sent: sizeOf(entry.sent, i18n.language),
							size: sizeOf(entry.size, i18n.language),
						})
					)}
				</p>
			</div>
			<Actions entry={entry} />
		</li>
	);
}
