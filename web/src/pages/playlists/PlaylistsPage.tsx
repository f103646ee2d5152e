import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useInfiniteList } from '../../api/hooks';
import type { Playlist } from '../../api/playlists';
import { useMe } from '../../api/session';
import { Button, LinkButton } from '../../components/Button';
import { CardGrid } from '../../components/CardGrid';
import { Dialog } from '../../components/Dialog';
import { LibraryHead, useSort } from '../../components/LibraryHead';
import { Page } from '../../components/Page';
import { PlaylistCard } from '../../components/PlaylistCard';
import { Segmented } from '../../components/Segmented';
import { SkeletonCards } from '../../components/Skeletons';
import { EmptyState, ErrorView } from '../../components/States';
import { ImportDialog } from './ImportDialog';
import { NewPlaylistForm } from './NewPlaylistForm';

const SORTS = ['-updated_at', 'title', '-created_at', '-popularity'];

function Make() {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const [open, setOpen] = useState<'new' | 'import' | null>(null);
	const close = () => setOpen(null);
	return (
		<div className="mb-6 flex flex-wrap gap-2.5">
			<Button look="primary" icon="plus" onClick={() => setOpen('new')}>
				{t('playlist.new')}
			</Button>
			<LinkButton to="/playlists/new-rules" icon="rules">
				{t('playlist.newRules')}
			</LinkButton>
			<Button icon="upload" onClick={() => setOpen('import')}>
				{t('playlist.import')}
			</Button>
			<Dialog open={open === 'new'} title={t('playlist.new')} onClose={close}>
				<NewPlaylistForm onCancel={close} onDone={({ id }) => navigate(`/playlists/${id}`)} />
			</Dialog>
			<ImportDialog open={open === 'import'} onClose={close} />
		</div>
	);
}

export default function PlaylistsPage() {
	const { t } = useTranslation();
	const { me } = useMe();
	const [sort, setSort] = useSort(SORTS);
	const [params, setParams] = useSearchParams();
	const owner = me && params.get('of') !== 'all' ? 'me' : 'all';
	const list = useInfiniteList<Playlist>(me === undefined ? null : '/playlists', { owner, sort }, 60);
	return (
		<Page title={t('nav.playlists')}>
			<LibraryHead title={t('nav.playlists')} total={list.total} sorts={SORTS} sort={sort} onSort={setSort} />
			{me && (
				<>
					<Make />
					<div className="mb-6">
						<Segmented
							label={t('playlist.whose')}
							value={owner}
							options={[
								{ value: 'me', label: t('playlist.mine') },
								{ value: 'all', label: t('playlist.everyones') },
							]}
							onChange={(value) =>
								setParams(
									(before) => {
										if (value === 'all') before.set('of', 'all');
										else before.delete('of');
										return before;
									},
									{ replace: true },
								)
							}
						/>
					</div>
				</>
			)}
			{list.error ? <ErrorView error={list.error} retry={list.retry} /> : null}
			{list.loading && <SkeletonCards count={12} />}
			{list.total === 0 && !list.loading && (
				<EmptyState title={t(owner === 'me' ? 'playlist.none' : 'playlist.nonePublic')}>
					<p>{t(me ? 'playlist.noneText' : 'playlist.visitorText')}</p>
					{me === null && (
						<LinkButton to="/sign-in?next=/playlists" look="primary">
							{t('user.signIn')}
						</LinkButton>
					)}
				</EmptyState>
			)}
			<CardGrid
				items={list.items}
				keyOf={(playlist) => playlist.id}
				render={(playlist) => <PlaylistCard playlist={playlist} />}
				hasMore={list.hasMore}
				loadMore={list.loadMore}
			/>
		</Page>
	);
}
