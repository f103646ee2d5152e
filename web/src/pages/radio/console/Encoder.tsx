import { useTranslation } from 'react-i18next';
import { CopyText } from '../../../components/CopyText';

/** What a DJ's program has to be told. */
export function Encoder({ channel, username }: { channel: number; username?: string }) {
	const { t } = useTranslation();
	const facts: [string, string][] = [
		[t('console.djs.server'), location.hostname],
		[t('console.djs.port'), location.port || (location.protocol === 'https:' ? '443' : '80')],
		[t('console.djs.mount'), `/live/${channel}`],
		...(username ? [[t('console.djs.name'), username] as [string, string]] : []),
	];
	return (
		<dl className={`grid gap-3 ${username ? 'sm:grid-cols-2' : 'sm:grid-cols-3'}`}>
			{facts.map(([name, value]) => (
				<div key={name} className="min-w-0">
					<dt className="mb-1 text-sm text-text-2">{name}</dt>
					<dd>
						<CopyText text={value} label={name} />
					</dd>
				</div>
			))}
		</dl>
	);
}
