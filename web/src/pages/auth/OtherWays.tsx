import { useTranslation } from 'react-i18next';
import { oidcStart, telegramStart, useAuthConfig } from '../../api/auth';
import { LinkButton } from '../../components/Button';

/** Signing in without a password of Ogma's own. */
export function OtherWays({ next }: { next: string }) {
	const { t } = useTranslation();
	const { data: config } = useAuthConfig();
	const telegram = config?.telegram && (config.telegram_bot_id ?? config.telegram_bot);
	if (!config?.oidc && !telegram) return null;
	return (
		<>
			<p className="my-5 flex items-center gap-3 text-sm text-text-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
				{t('auth.or')}
			</p>
			<div className="grid gap-2.5">
				{config.oidc && (
					<LinkButton to={oidcStart(next)} external icon="shield">
						{t('auth.with', { name: config.oidc_name ?? 'SSO' })}
					</LinkButton>
				)}
				{telegram && (
					<LinkButton to={telegramStart(config, next)} external icon="send">
						{t('auth.with', { name: 'Telegram' })}
					</LinkButton>
				)}
			</div>
		</>
	);
}
