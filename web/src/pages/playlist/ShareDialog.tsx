import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { changePlaylist, renewLink, type Playlist, type Visibility } from '../../api/playlists';
import { Button } from '../../components/Button';
import { confirm } from '../../components/confirm';
import { CopyText } from '../../components/CopyText';
import { Dialog } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { faultsOf } from '../../components/form/use-form';
import { Icon } from '../../components/Icon';
import { VISIBILITY_ICON } from '../../components/PlaylistCard';

const CHOICES: Visibility[] = ['private', 'unlisted', 'public'];

function Content({ playlist }: { playlist: Playlist }) {
	const { t } = useTranslation();
	const name = useId();
	const [problem, setProblem] = useState('');
	const run = (work: Promise<unknown>) => {
		setProblem('');
		work.catch((error: unknown) => setProblem(faultsOf(error, {}).rest));
	};
	const renew = async () => {
		const sure = await confirm({
			title: t('playlist.renewAsk'),
			text: t('playlist.renewText'),
			action: t('playlist.renew'),
		});
		if (sure) run(renewLink(playlist.id));
	};
	const link =
		playlist.visibility === 'public'
			? `${location.origin}/playlists/${playlist.id}`
			: playlist.share_url && location.origin + playlist.share_url;
	return (
		<div className="space-y-4">
			<Problem text={problem} />
			<fieldset className="space-y-2">
				<legend className="sr-only">{t('playlist.visibility')}</legend>
				{CHOICES.map((value) => (
					<label
						key={value}
						className="flex cursor-pointer items-start gap-3.5 rounded-md border border-line p-3.5 hover:bg-surface-2 has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-focus"
					>
						<input
							type="radio"
							name={name}
							value={value}
							checked={playlist.visibility === value}
							onChange={() => run(changePlaylist(playlist.id, { visibility: value }))}
							className="sr-only"
						/>
						<Icon name={VISIBILITY_ICON[value]} className="mt-0.5 size-5" />
						<span>
							<span className="block font-semibold">{t(`playlist.seen.${value}`)}</span>
							<span className="block text-sm text-text-2">{t(`playlist.seenText.${value}`)}</span>
						</span>
					</label>
				))}
			</fieldset>
			{link && <CopyText key={link} text={link} label={t('playlist.linkLabel')} />}
			{playlist.visibility === 'unlisted' && (
				<Button look="quiet" icon="repeat" onClick={() => void renew()}>
					{t('playlist.renew')}
				</Button>
			)}
		</div>
	);
}

interface ShareDialogProps {
	playlist: Playlist;
	open: boolean;
	onClose: () => void;
}

export function ShareDialog({ playlist, open, onClose }: ShareDialogProps) {
	const { t } = useTranslation();
	return (
		<Dialog open={open} title={t('playlist.share')} onClose={onClose}>
			<Content playlist={playlist} />
		</Dialog>
	);
}
