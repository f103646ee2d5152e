import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import { requestTrack, type Channel } from '../../api/channels';
import type { Track } from '../../api/types';
import { useMe } from '../../api/session';
import { LinkButton } from '../../components/Button';
import { Dialog } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { toast } from '../../components/toast';
import { useClock } from '../../components/use-clock';
import { secondsOf } from '../../i18n/channel-words';
import { wordsOf } from './report';
import { FindTrack } from './FindTrack';

/** When the next song may be asked for, by channel: performance.now(). Kept over the dialog being closed. */
const freeAt = new Map<number, number>();

function Wait({ until }: { until: number }) {
	const { t } = useTranslation();
	const left = (until - useClock()) / 1000;
	if (left <= 0) return null;
	return (
		<p role="status" className="rounded-md bg-accent-soft px-4 py-3 text-sm">
			{t('radio.request.wait')} <span className="tabular font-semibold">{secondsOf(left)}</span>
		</p>
	);
}

function Request({ channel, onClose }: { channel: Channel; onClose: () => void }) {
	const { t } = useTranslation();
	const [problem, setProblem] = useState('');
	const [until, setUntil] = useState(freeAt.get(channel.id) ?? 0);
	const now = useClock();
	const ask = async (track: Track) => {
		setProblem('');
		try {
			await requestTrack(channel.id, track.id);
			freeAt.set(channel.id, performance.now() + channel.request_cooldown_seconds * 1000);
			toast(t('radio.request.done', { title: track.title }));
			onClose();
		} catch (error) {
			setProblem(wordsOf(error));
			if (!(error instanceof ApiError) || error.status !== 429 || error.retryAfter === null) return;
			freeAt.set(channel.id, performance.now() + error.retryAfter * 1000);
			setUntil(freeAt.get(channel.id)!);
		}
	};
	return (
		<div className="space-y-4">
			<p className="text-text-2">{t('radio.request.text')}</p>
			<Problem text={problem} />
			<Wait until={until} />
			<FindTrack
				action={(track) => t('radio.request.ask', { title: track.title })}
				icon="send"
				disabled={until > now}
				onChoose={(track) => void ask(track)}
			/>
		</div>
	);
}

interface RequestDialogProps {
	channel: Channel;
	open: boolean;
	onClose: () => void;
}

/** Asks the channel to play a song of the library. */
export function RequestDialog({ channel, open, onClose }: RequestDialogProps) {
	const { t } = useTranslation();
	const { me } = useMe();
	return (
		<Dialog open={open} title={t('radio.request.title')} onClose={onClose}>
			{me ? (
				<Request channel={channel} onClose={onClose} />
			) : (
				<div className="space-y-4">
					<p className="text-text-2">{t('radio.request.signIn')}</p>
					<LinkButton to={`/sign-in?next=/radio/${channel.id}`} look="primary" icon="signIn">
						{t('user.signIn')}
					</LinkButton>
				</div>
			)}
		</Dialog>
	);
}
