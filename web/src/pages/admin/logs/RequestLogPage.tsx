import { useTranslation } from 'react-i18next';
import type { RequestRow } from '../../../api/admin';
import { Badge } from '../../../components/Badge';
import { numberOf } from '../../../i18n/format';
import { ChoiceFilter, TextFilter } from '../Filters';
import { LogPage } from './LogPage';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const CLASSES = ['2', '3', '4', '5'];

/** "4" in the address are the statuses 400 to 499. */
function statuses({ filter }: { filter: (name: string) => string }) {
	const first = filter('status');
	return {
		status: null,
		...(CLASSES.includes(first) ? { status_min: Number(first) * 100, status_max: Number(first) * 100 + 99 } : {}),
	};
}

export function RequestLogPage() {
	const { t, i18n } = useTranslation();
	return (
		<LogPage<RequestRow>
			name="request-log"
			title={t('admin.nav.requests')}
			hint={t('admin.logs.requestsHint')}
			names={['path', 'method', 'status']}
			asked={statuses}
			filters={(table) => (
				<>
					<TextFilter table={table} name="path" label={t('admin.logs.path')} />
					<ChoiceFilter
						table={table}
						name="method"
						label={t('admin.logs.method')}
						options={METHODS.map((value) => ({ value, label: value }))}
					/>
					<ChoiceFilter
						table={table}
						name="status"
						label={t('admin.logs.status')}
						options={CLASSES.map((value) => ({ value, label: `${value}xx` }))}
					/>
				</>
			)}
			columns={[
				{
					name: 'path',
					title: t('admin.logs.path'),
					render: ({ method, path }) => (
						<span className="block max-w-96 truncate" title={`${method} ${path}`}>
							<span className="text-text-2">{method}</span> {path}
						</span>
					),
				},
				{
					name: 'status',
					title: t('admin.logs.status'),
					render: ({ status }) => <Badge look={status < 400 ? 'plain' : 'accent'}>{status}</Badge>,
				},
				{
					name: 'took',
					title: t('admin.logs.took'),
					from: 'md',
					numeric: true,
					render: ({ took_us: us }) => numberOf(Math.round(us / 100) / 10, i18n.language),
				},
				{
					name: 'ip',
					title: t('admin.audit.address'),
					from: 'lg',
					className: 'tabular',
					render: ({ ip_address: ip }) => ip ?? '—',
				},
				{
					name: 'agent',
					title: t('admin.audit.agent'),
					from: 'xl',
					render: ({ user_agent: agent }) => (
						<span className="block max-w-48 truncate text-text-2" title={agent ?? undefined}>
							{agent ?? '—'}
						</span>
					),
				},
			]}
		/>
	);
}
