import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { onAir, useChannels, type Channel } from '../../api/channels';
import { useStations } from '../../api/channel-events';
import { can } from '../../api/roles';
import { useMe } from '../../api/session';
import { Button } from '../../components/Button';
import { Cover } from '../../components/Cover';
import { OnAir, StateLamp } from '../../components/OnAir';
import { LibraryTabs } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { SkeletonCards } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { Strokes } from '../../components/Strokes';
import { tintStyle, useTint } from '../../design/palette';
import { NewChannelDialog } from './NewChannelDialog';
import { Listeners, PlayChannel, useTuned } from './parts';

/** One that is on the air: its light is that of the cover it plays. */
function LiveCard({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const item = channel.current_item;
	const tint = useTint(item?.cover_url, item?.title ?? channel.title);
	const tuned = useTuned(channel.id);
	return (
		<li
			className="sheet-glow relative flex flex-col gap-4 overflow-hidden rounded-lg border border-line bg-surface p-4 shadow-1 sm:p-5"
			style={tintStyle(tint)}
		>
			<div className="flex items-start justify-between gap-3">
				<StateLamp state={channel.state} />
				<Listeners count={channel.listeners_count} className="text-sm" />
			</div>
			<div className="flex items-center gap-4">
				<Cover
					url={item?.cover_url}
					name={item?.title ?? channel.title}
					sizes="112px"
					className="w-24 rounded-md! shadow-2 sm:w-28"
				/>
				<div className="min-w-0 flex-1">
					<h3 className="text-lg wrap-anywhere">
						<Link
							to={`/radio/${channel.id}`}
							className="underline-offset-4 after:absolute after:inset-0 hover:underline"
						>
							{channel.title}
						</Link>
					</h3>
					{channel.description && <p className="mt-1 line-clamp-2 text-sm text-text-2">{channel.description}</p>}
				</div>
			</div>
			<div className="mt-auto flex items-center gap-3">
				<div className="min-w-0 flex-1">
					<p className="flex items-center gap-2 text-xs font-semibold text-text-2">
						{tuned && <Strokes moving className="size-3.5" />}
						{channel.dj ? t('radio.live', { name: channel.dj }) : t('radio.now')}
					</p>
					<p className="mt-0.5 truncate font-medium">
						{item?.title ?? t(channel.state === 'placeholder' ? 'radio.placeholder' : 'radio.nothing')}
					</p>
					{item?.artist && <p className="truncate text-sm text-text-2">{item.artist}</p>}
				</div>
				<PlayChannel channel={channel} className="relative size-13" iconClass="size-5.5" />
			</div>
		</li>
	);
}

function SilentRow({ channel }: { channel: Channel }) {
	return (
		<li className="relative flex items-center gap-3.5 rounded-md p-2 hover:bg-surface-2">
			<Cover url={null} name={channel.title} sizes="48px" className="w-12 opacity-75" />
			<div className="min-w-0 flex-1">
				<h3 className="truncate font-sans text-base font-medium">
					<Link to={`/radio/${channel.id}`} className="after:absolute after:inset-0">
						{channel.title}
					</Link>
				</h3>
				{channel.description && <p className="truncate text-sm text-text-2">{channel.description}</p>}
			</div>
			<OnAir on={false} />
		</li>
	);
}

function Channels({ channels }: { channels: Channel[] }) {
	const { t } = useTranslation();
	const live = channels.filter(onAir);
	const silent = channels.filter((channel) => !onAir(channel));
	return (
		<>
			{live.length > 0 ? (
				<section aria-labelledby="radio-live">
					<h2 id="radio-live" className="sr-only">
						{t('radio.onAirNow')}
					</h2>
					<ul className="grid grid-cols-1 gap-gap sm:grid-cols-[repeat(auto-fill,minmax(20rem,1fr))]">
						{live.map((channel) => (
							<LiveCard key={channel.id} channel={channel} />
						))}
					</ul>
				</section>
			) : (
				<EmptyState title={t('radio.silent')}>
					<p>{t('radio.silentText')}</p>
				</EmptyState>
			)}
			{silent.length > 0 && (
				<section aria-labelledby="radio-silent" className="mt-10">
					<h2 id="radio-silent" className="mb-3 text-xl">
						{t('radio.offAirNow')}
					</h2>
					<ul className="-mx-2 grid gap-x-8 md:grid-cols-2 2xl:grid-cols-3">
						{silent.map((channel) => (
							<SilentRow key={channel.id} channel={channel} />
						))}
					</ul>
				</section>
			)}
		</>
	);
}

export default function RadioPage() {
	const { t } = useTranslation();
	const { me } = useMe();
	const { data, error, mutate } = useChannels();
	useStations();
	const [making, setMaking] = useState(false);
	return (
		<Page title={t('nav.radio')}>
			<LibraryTabs />
			<header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
				<div>
					<h1 className="text-2xl font-bold">{t('nav.radio')}</h1>
					<p className="mt-1 text-sm text-text-2">{t('radio.hint')}</p>
				</div>
				{can(me, 'moderator') && (
					<Button icon="plus" onClick={() => setMaking(true)}>
						{t('radio.new')}
					</Button>
				)}
			</header>
			{error && !data ? <ErrorView error={error} retry={() => void mutate()} /> : null}
			{!data && !error && <SkeletonCards count={6} />}
			{data && data.items.length === 0 && (
				<EmptyState title={t('radio.none')}>
					<p>{t(can(me, 'moderator') ? 'radio.noneOperator' : 'radio.noneText')}</p>
				</EmptyState>
			)}
			{data && data.items.length > 0 && <Channels channels={data.items} />}
			<NewChannelDialog open={making} onClose={() => setMaking(false)} />
		</Page>
	);
}
