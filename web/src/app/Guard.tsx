import { useTranslation } from 'react-i18next';
import { Navigate, Outlet, useLocation } from 'react-router';
import { can, type Role } from '../api/roles';
import { useMe } from '../api/session';
import { LinkButton } from '../components/Button';
import { Page } from '../components/Page';
import { Loading } from '../components/Skeletons';
import { EmptyState, ErrorView } from '../components/States';

/** Pages for some only: visitors are led to the sign-in and come back; the others are told that it is not for them. */
export function Guard({ role = 'user' }: { role?: Role }) {
	const { t } = useTranslation();
	const { me, error } = useMe();
	const { pathname, search } = useLocation();
	if (error) {
		return (
			<Page title="">
				<ErrorView error={error} />
			</Page>
		);
	}
	if (me === undefined) return <Loading />;
	if (me === null) return <Navigate to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} replace />;
	if (!can(me, role)) {
		return (
			<Page title={t('denied.title')}>
				<EmptyState title={t('denied.title')}>
					<p>{t('denied.text')}</p>
					<LinkButton to="/" look="primary">
						{t('notFound.home')}
					</LinkButton>
				</EmptyState>
			</Page>
		);
	}
	return <Outlet />;
}
