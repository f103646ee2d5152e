import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { CleanupRule, Suggestion } from '../../../api/care';
import { Button, IconButton } from '../../../components/Button';
import type { Column } from '../../../components/table/DataTable';
import { agoOf } from '../../../i18n/dates';
import { Difference } from './Difference';
import type { useDecisions } from './use-decisions';

const PLACES = { track: 'tracks', album: 'albums', artist: 'artists' } as const;

const placeOf = ({ kind, thing_id }: Suggestion) => `/${PLACES[kind as keyof typeof PLACES]}/${thing_id}`;
export const nameOf = ({ title, artist }: Suggestion) => [artist, title].filter(Boolean).join(' — ');

/** What the list of what could be tidied up shows of each, and what can be decided about it. */
export function useCleanupColumns(
	decide: ReturnType<typeof useDecisions>,
	ruleOf: (name: string) => CleanupRule | undefined,
): Column<Suggestion>[] {
	const { t, i18n } = useTranslation();
	return [
		{
			name: 'thing',
			title: t('care.thing'),
			render: (one) => (
				<Link to={placeOf(one)} className="font-semibold underline-offset-3 hover:underline">
					{nameOf(one) || t('care.empty')}
				</Link>
			),
		},
		{
			name: 'change',
			title: t('care.change'),
			render: (one) =>
				one.change || one.becomes !== null ? (
					<Difference was={one.was} becomes={one.becomes ?? ''} />
				) : (
					<span className="text-text-2">{t('care.look')}</span>
				),
		},
		{
			name: 'rule',
			title: t('care.rule'),
			from: 'md',
			className: 'max-w-64 text-text-2',
			render: (one) => ruleOf(one.rule)?.summary ?? one.rule,
		},
		{
			name: 'confidence',
			title: t('care.confidence'),
			numeric: true,
			from: 'lg',
			render: (one) => (one.change ? t('care.percent', { value: one.confidence }) : ''),
		},
		{
			name: 'id',
			title: t('care.found'),
			from: 'xl',
			sortable: true,
			className: 'whitespace-nowrap text-text-2',
			render: (one) => agoOf(one.created_at, i18n.language),
		},
		{
			name: 'decide',
			title: '',
			className: 'sticky right-0 bg-surface whitespace-nowrap',
			render: (one) => (
				<span className="flex justify-end gap-1">
					{one.state === 'open' && Boolean(one.change) && (
						<IconButton
							icon="check"
							size="sm"
							label={t('care.acceptOf', { name: nameOf(one) })}
							onClick={() => void decide.one(one.id, 'accept')}
						/>
					)}
					{one.state === 'open' && (
						<IconButton
							icon="close"
							size="sm"
							label={t('care.dismissOf', { name: nameOf(one) })}
							onClick={() => void decide.one(one.id, 'dismiss')}
						/>
					)}
					{one.state === 'accepted' && (
						<Button look="quiet" className="h-9! px-3!" onClick={() => void decide.one(one.id, 'undo')}>
							{t('care.undo')}
						</Button>
					)}
				</span>
			),
		},
	];
}
