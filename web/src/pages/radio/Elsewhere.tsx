import { useTranslation } from 'react-i18next';
import { useAuthConfig } from '../../api/auth';
import { liveUrl, useChannelLink, type Channel } from '../../api/channels';
import { CopyText } from '../../components/CopyText';
import { Dialog } from '../../components/Dialog';
import { dateOf } from '../../i18n/format';

const LINKS = ['mp3', 'aac', 'opus', 'm3u8'] as const;

interface ElsewhereProps {
	channel: Channel;
	open: boolean;
	onClose: () => void;
}

/** Addresses for other players: a kitchen radio, VLC, a car. */
export function Elsewhere({ channel, open, onClose }: ElsewhereProps) {
	const { t, i18n } = useTranslation();
	const { data: config } = useAuthConfig();
	const signed = config?.members_only === true || !channel.is_public;
	const { data: link } = useChannelLink(channel.id, open && config !== undefined && signed);
	const address = (format: (typeof LINKS)[number]): string | undefined =>
		signed ? link?.[format === 'm3u8' ? 'hls' : format] : liveUrl(channel.id, format);
	return (
		<Dialog open={open} title={t('radio.elsewhere.title')} onClose={onClose}>
			<p className="mb-4 text-text-2">{t('radio.elsewhere.text')}</p>
			{signed && link && (
				<p className="mb-4 text-text-2">
					{t('radio.elsewhere.signed', { date: dateOf(link.expires_at, i18n.language) })}
				</p>
			)}
			<ul className="space-y-4">
				{LINKS.map((format) => {
					const path = address(format);
					if (path === undefined) return null;
					const url = new URL(path, location.href).href;
					return (
						<li key={format}>
							<p className="mb-1.5 flex items-baseline justify-between gap-3">
								<a href={url} className="font-semibold underline underline-offset-3">
									{t(`radio.elsewhere.${format}`)}
								</a>
								<span className="text-sm text-text-2">{t(`radio.elsewhere.for.${format}`)}</span>
							</p>
							<CopyText text={url} label={t('radio.elsewhere.address', { format: t(`radio.elsewhere.${format}`) })} />
						</li>
					);
				})}
			</ul>
		</Dialog>
	);
}
