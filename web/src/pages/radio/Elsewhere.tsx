import { useTranslation } from 'react-i18next';
import { liveUrl, type Channel } from '../../api/channels';
import { CopyText } from '../../components/CopyText';
import { Dialog } from '../../components/Dialog';

const LINKS = ['mp3', 'aac', 'opus', 'm3u8'] as const;

interface ElsewhereProps {
	channel: Channel;
	open: boolean;
	onClose: () => void;
}

/** Addresses for other players: a kitchen radio, VLC, a car. */
export function Elsewhere({ channel, open, onClose }: ElsewhereProps) {
	const { t } = useTranslation();
	return (
		<Dialog open={open} title={t('radio.elsewhere.title')} onClose={onClose}>
			<p className="mb-4 text-text-2">{t('radio.elsewhere.text')}</p>
			<ul className="space-y-4">
				{LINKS.map((format) => {
					const url = new URL(liveUrl(channel.id, format), location.href).href;
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
