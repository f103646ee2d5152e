import { Suspense, lazy, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Outlet, useLocation, useNavigate } from 'react-router';
import { useToAdd } from '../components/add-to-playlist';
import { useConfirm } from '../components/confirm';
import { toast } from '../components/toast';
import { Toaster } from '../components/Toaster';
import { loadTexts } from '../i18n';
import { PlayerBar } from '../player/PlayerBar';
import { useRadio } from '../player/radio';
import { usePlayer } from '../player/store';
import { ErrorBoundary } from './ErrorBoundary';
import { lazyPage } from './lazy-page';
import { SearchField } from './SearchField';
import { useScrolled, useScrollPlaces } from './scroll';
import { Sidebar } from './Sidebar';
import { TabBar } from './TabBar';
import { useTheme } from './theme';
import { useTitle } from './title';
import { useFileDrop } from './use-file-drop';
import { useRemoteQueue } from './use-remote-queue';
import { useShortcuts } from './use-shortcuts';
import { UserMenu } from './UserMenu';

const NowPlaying = lazy(() => import('../player/NowPlaying'));
const ConfirmDialog = lazy(() =>
	import('../components/ConfirmDialog').then((module) => ({ default: module.ConfirmDialog })),
);
const HelpDialog = lazy(async () => {
	const [module] = await Promise.all([import('./HelpDialog'), loadTexts('help')]);
	return { default: module.HelpDialog };
});
const AddToPlaylist = lazyPage(() => import('../components/AddToPlaylist'), 'playlist');

/** Says a player's problem once, when it comes up. */
function useProblems(): void {
	const { t } = useTranslation();
	const problem = usePlayer((state) => state.problem);
	useEffect(() => {
		if (problem) toast(t(`player.problem.${problem}`));
	}, [problem, t]);
}

export function Shell() {
	const { t } = useTranslation();
	const field = useRef<HTMLInputElement>(null);
	const main = useRef<HTMLElement>(null);
	const navigate = useNavigate();
	const { pathname } = useLocation();
	/* null: not asked for yet. */
	const [help, setHelp] = useState<boolean | null>(null);
	const hasTrack = usePlayer((state) => state.queue.index >= 0);
	const hasPlayer = useRadio((state) => state.station !== null) || hasTrack;
	const sheetUsed = usePlayer((state) => state.sheetOpen);
	const [sheetLoaded, setSheetLoaded] = useState(false);
	if (sheetUsed && !sheetLoaded) setSheetLoaded(true);
	const adding = useToAdd((state) => state.what !== null);
	const [addLoaded, setAddLoaded] = useState(false);
	if (adding && !addLoaded) setAddLoaded(true);
	const asks = useConfirm((state) => state.question !== null);
	const [asked, setAsked] = useState(false);
	if (asks && !asked) setAsked(true);
	const scrolled = useScrolled();
	const filesOver = useFileDrop();
	const onSearch = pathname === '/search';
	useTheme();
	useScrollPlaces();
	useTitle();
	useProblems();
	useRemoteQueue();
	useShortcuts({
		search: useCallback(() => {
			usePlayer.getState().setSheet(false);
			field.current?.select();
			if (document.activeElement === field.current) return;
			/* On phones the field is only on its page. */
			navigate('/search');
			requestAnimationFrame(() => field.current?.select());
		}, [navigate]),
		help: useCallback(() => setHelp(true), []),
	});

	return (
		<div data-player={hasPlayer || undefined} className="shell">
			<a
				href="#main"
				className="fixed top-2 left-2 z-(--z-toast) -translate-y-20 rounded-full bg-accent px-5 py-2.5 font-semibold text-accent-ink focus:translate-y-0"
				onClick={(event) => {
					event.preventDefault();
					main.current?.focus();
				}}
			>
				{t('nav.skip')}
			</a>
			<Sidebar />
			<div className="relative md:pl-(--side)">
				<header
					className={`fixed top-0 right-0 left-0 z-(--z-header) h-(--header) items-center border-b px-gutter transition-colors duration-200 md:left-(--side) md:flex ${onSearch ? 'flex' : 'hidden'} ${scrolled ? 'glass border-line' : 'border-transparent'}`}
				>
					<div className="mx-auto flex w-full max-w-[110rem] items-center justify-between gap-4">
						<SearchField fieldRef={field} />
						<UserMenu className="max-md:hidden" />
					</div>
				</header>
				<main ref={main} id="main" tabIndex={-1} className="outline-none">
					<ErrorBoundary place={pathname}>
						<Suspense>
							<Outlet />
						</Suspense>
					</ErrorBoundary>
				</main>
			</div>
			<PlayerBar />
			<TabBar />
			{sheetLoaded && (
				<Suspense>
					<ErrorBoundary place={String(sheetUsed)}>
						<NowPlaying />
					</ErrorBoundary>
				</Suspense>
			)}
			{addLoaded && (
				<Suspense>
					<ErrorBoundary place={String(adding)}>
						<AddToPlaylist />
					</ErrorBoundary>
				</Suspense>
			)}
			{help !== null && (
				<Suspense>
					<HelpDialog open={help} onClose={() => setHelp(false)} />
				</Suspense>
			)}
			{asked && (
				<Suspense>
					<ConfirmDialog />
				</Suspense>
			)}
			{filesOver && (
				<div className="pointer-events-none fixed inset-3 z-(--z-toast) grid place-items-center rounded-lg border-2 border-dashed border-accent glass">
					<p className="text-xl font-semibold">{t('nav.dropHere')}</p>
				</div>
			)}
			<Toaster />
		</div>
	);
}
