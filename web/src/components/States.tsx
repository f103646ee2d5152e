import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { ApiError, isNotFound } from '../api/client';
import { Button, LinkButton } from './Button';
import { Mark } from './Logo';

export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
	return (
		<div className="mx-auto flex max-w-lg flex-col items-center py-16 text-center">
			<Mark className="size-16 opacity-90" />
			<h2 className="mt-5 text-xl">{title}</h2>
			<div className="mt-2 space-y-4 text-text-2">{children}</div>
		</div>
	);
}

/** What went wrong, in words a listener understands, and what to do about it. */
export function ErrorView({ error, retry }: { error: unknown; retry?: () => void }) {
	const { t } = useTranslation();
	if (isNotFound(error)) return <NotFound />;
	if (error instanceof ApiError && error.status === 401) return <MembersOnly />;
	const offline = error instanceof ApiError && error.status === 0;
	return (
		<EmptyState title={t(offline ? 'error.offlineTitle' : 'error.title')}>
			<p>{offline ? t('error.offlineText') : error instanceof ApiError ? error.message : t('error.text')}</p>
			{error instanceof ApiError && error.requestId && (
				<p className="text-xs text-text-3">{t('error.request', { id: error.requestId })}</p>
			)}
			{retry && (
				<Button look="primary" onClick={retry}>
					{t('action.retry')}
				</Button>
			)}
		</EmptyState>
	);
}

/** Some servers keep their library for people with an account. */
function MembersOnly() {
	const { t } = useTranslation();
	const { pathname, search } = useLocation();
	return (
		<EmptyState title={t('members.title')}>
			<p>{t('members.text')}</p>
			<LinkButton to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} look="primary" icon="signIn">
				{t('user.signIn')}
			</LinkButton>
		</EmptyState>
	);
}

export function NotFound() {
	const { t } = useTranslation();
	return (
		<EmptyState title={t('notFound.title')}>
			<p>{t('notFound.text')}</p>
			<LinkButton to="/" look="primary">
				{t('notFound.home')}
			</LinkButton>
		</EmptyState>
	);
}
