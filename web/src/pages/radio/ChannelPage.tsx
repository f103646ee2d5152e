import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { keepOn, onAir, useChannel, type Channel, type Received } from '../../api/channels';
import { useChannelEvents } from '../../api/channel-events';
import { can } from '../../api/roles';
import { useMe } from '../../api/session';
import { Button, LinkButton } from '../../components/Button';
import { Hero } from '../../components/Hero';
import { StateLamp } from '../../components/OnAir';
import { Page } from '../../components/Page';
import { SkeletonHero } from '../../components/Skeletons';
import { ErrorView } from '../../components/States';
import { tintStyle, useTint } from '../../design/palette';
import { tuneIn } from '../../player/live';
import { Elsewhere } from './Elsewhere';
import { History } from './History';
import { NowOn } from './NowOn';
import { EndsSoon, Listeners, PlayChannel, useTuned } from './parts';
import { attempt } from './report';
import { RequestDialog } from './RequestDialog';
import { UpNext } from './UpNext';

function Shown({ channel }: { channel: Received<Channel> }) {
	const { t } = useTranslation();
	const { me } = useMe();
	const [elsewhere, setElsewhere] = useState(false);
	const [asking, setAsking] = useState(false);
	const tuned = useTuned(channel.id);
	useChannelEvents(channel.id);
	const item = channel.current_item;
	const tint = useTint(item?.cover_url, item?.title ?? channel.title);
	/* Listening is what keeps a channel on; who listens already only has to say so. */
	const keep = () => {
		if (tuned) void attempt(() => keepOn(channel.id), t('radio.kept'));
		else tuneIn({ id: channel.id, title: channel.title });
	};
	return (
		<Page title={channel.title} className="tinted" style={tintStyle(tint)}>
			<Hero
				kind={t('radio.kind')}
				title={channel.title}
				cover={{ url: item?.cover_url ?? null, name: item?.title ?? channel.title }}
				actions={
					<>
						<PlayChannel channel={channel} />
						{channel.requests_enabled && (
							<Button look="quiet" icon="send" onClick={() => setAsking(true)}>
								{t('radio.request.title')}
							</Button>
						)}
						<Button look="quiet" icon="device" onClick={() => setElsewhere(true)}>
							{t('radio.elsewhere.open')}
						</Button>
						{can(me, 'moderator') && (
							<LinkButton to={`/radio/${channel.id}/console`} look="quiet" icon="settings">
								{t('radio.console')}
							</LinkButton>
						)}
					</>
				}
			>
				{channel.description && (
					<p className="mb-3 max-w-prose whitespace-pre-line wrap-anywhere">{channel.description}</p>
				)}
				<p className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 text-sm sm:justify-start">
					<StateLamp state={channel.state} />
					{onAir(channel) && <Listeners count={channel.listeners_count} />}
				</p>
			</Hero>
			<EndsSoon
				channel={channel}
				action={t(tuned ? 'radio.keepOn' : 'radio.keepByListening')}
				onKeep={keep}
				className="mb-8 empty:mb-0"
			/>
			<div className="grid gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1.15fr)_minmax(0,1fr)]">
				<div className="min-w-0 space-y-10">
					<NowOn channel={channel} />
					<UpNext channel={channel} />
				</div>
				<History channel={channel} />
			</div>
			<RequestDialog channel={channel} open={asking} onClose={() => setAsking(false)} />
			<Elsewhere channel={channel} open={elsewhere} onClose={() => setElsewhere(false)} />
		</Page>
	);
}

export default function ChannelPage() {
	const { id } = useParams();
	const { data, error, mutate } = useChannel(id);
	if (data) return <Shown key={data.id} channel={data} />;
	return <Page title="">{error ? <ErrorView error={error} retry={() => void mutate()} /> : <SkeletonHero />}</Page>;
}
