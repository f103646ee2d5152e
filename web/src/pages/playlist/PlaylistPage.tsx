import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { apiSend } from '../../api/client';
import { usePlaylist, useSharedPlaylist, type Playlist } from '../../api/playlists';
import { LinkButton } from '../../components/Button';
import { Hero } from '../../components/Hero';
import { Icon } from '../../components/Icon';
import { Page } from '../../components/Page';
import { VISIBILITY_ICON } from '../../components/PlaylistCard';
import { PlaylistCover } from '../../components/PlaylistCover';
import { SkeletonHero, SkeletonRows } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { tintStyle, useTint } from '../../design/palette';
import { lengthOf } from '../../i18n/format';
import { PlaylistActions } from './PlaylistActions';
import { PlaylistTracks } from './PlaylistTracks';
import { usePlaylistTracks } from './use-playlist-tracks';

function Facts({ playlist }: { playlist: Playlist }) {
	const { t, i18n } = useTranslation();
	const facts = [
		t('count.tracks', { count: playlist.track_count }),
		playlist.duration_ms > 0 ? lengthOf(playlist.duration_ms, i18n.language) : '',
		playlist.play_count > 0 ? t('playlist.plays', { count: playlist.play_count }) : '',
	];
	return (
		<>
			{playlist.description && (
				<p className="mb-2 max-w-prose whitespace-pre-line wrap-anywhere">{playlist.description}</p>
			)}
			<p className="flex flex-wrap items-center justify-center gap-x-1.5 sm:justify-start">
				<span className="font-semibold text-text max-sm:basis-full">{playlist.owner.username}</span>
				<span className="max-sm:hidden">·</span>
				<span>{facts.filter(Boolean).join(' · ')}</span>
				{playlist.can_edit && (
					<span className="inline-flex items-center gap-1">
						· <Icon name={VISIBILITY_ICON[playlist.visibility]} className="size-4" />
						{t(`playlist.seen.${playlist.visibility}`)}
					</span>
				)}
			</p>
		</>
	);
}

function Nothing({ playlist }: { playlist: Playlist }) {
	const { t } = useTranslation();
	if (playlist.kind === 'rules') {
		return (
			<EmptyState title={t('playlist.noMatch')}>
				<p>{t('playlist.noMatchText')}</p>
				{playlist.can_edit && (
					<LinkButton to={`/playlists/${playlist.id}/rules`} look="primary">
						{t('playlist.editRules')}
					</LinkButton>
				)}
			</EmptyState>
		);
	}
	return (
		<EmptyState title={t('playlist.empty')}>
			{playlist.can_edit && (
				<>
					<p>{t('playlist.emptyText')}</p>
					<LinkButton to="/search" look="primary" icon="search">
						{t('nav.search')}
					</LinkButton>
				</>
			)}
		</EmptyState>
	);
}

function Shown({ playlist, token }: { playlist: Playlist; token: string | null }) {
	const { t } = useTranslation();
	const tracks = usePlaylistTracks(playlist, token);
	const tint = useTint(playlist.cover_url ?? playlist.mosaic[0], playlist.title);
	useEffect(() => {
		/* Counted for its owner; nobody waits for it. */
		apiSend('POST', '/analytics/events/playlist', { playlist_id: playlist.id, action: 'open' }).catch(() => undefined);
	}, [playlist.id]);
	return (
		<Page title={playlist.title} className="tinted" style={tintStyle(tint)}>
			<Hero
				kind={t(playlist.kind === 'rules' ? 'playlist.kindRules' : 'playlist.kind')}
				title={playlist.title}
				picture={(className, sizes) => (
					<PlaylistCover playlist={playlist} token={token} sizes={sizes} eager className={className} />
				)}
				actions={<PlaylistActions playlist={playlist} tracks={tracks} token={token} />}
			>
				<Facts playlist={playlist} />
			</Hero>
			{tracks.error ? <ErrorView error={tracks.error} retry={tracks.reload} /> : null}
			{tracks.total === null && !tracks.error && <SkeletonRows count={Math.min(8, playlist.track_count || 8)} />}
			{tracks.total === 0 && <Nothing playlist={playlist} />}
			{tracks.items.length > 0 && <PlaylistTracks playlist={playlist} tracks={tracks} />}
			{playlist.kind === 'rules' && playlist.can_edit && tracks.items.length > 0 && (
				<p className="mt-6 text-sm text-text-2">
					{t('playlist.rulesHint')}{' '}
					<Link to={`/playlists/${playlist.id}/rules`} className="font-semibold text-text underline">
						{t('playlist.editRules')}
					</Link>
				</p>
			)}
		</Page>
	);
}

interface AnswerProps {
	playlist: Playlist | undefined;
	error: unknown;
	retry: () => void;
	token: string | null;
}

function Answer({ playlist, error, retry, token }: AnswerProps) {
	if (playlist) return <Shown key={playlist.id} playlist={playlist} token={token} />;
	return <Page title="">{error ? <ErrorView error={error} retry={retry} /> : <SkeletonHero />}</Page>;
}

export default function PlaylistPage() {
	const { id } = useParams();
	const [params] = useSearchParams();
	const token = params.get('token');
	const { data, error, mutate } = usePlaylist(id, token);
	return <Answer playlist={data} error={error} retry={() => void mutate()} token={token} />;
}

/** By its secret link. */
export function SharedPlaylistPage() {
	const { token } = useParams();
	const { data, error, mutate } = useSharedPlaylist(token);
	return <Answer playlist={data} error={error} retry={() => void mutate()} token={token ?? null} />;
}
