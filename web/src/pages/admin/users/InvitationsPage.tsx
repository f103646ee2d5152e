import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ADMIN, type Invitation, type NewInvitation } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { ROLES } from '../../../api/roles';
import { Badge } from '../../../components/Badge';
import { Button, IconButton } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { CopyText } from '../../../components/CopyText';
import { Actions, Dialog } from '../../../components/Dialog';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { agoOf } from '../../../i18n/dates';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters, TextFilter, YesNoFilter } from '../Filters';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';
import { useBulk } from '../use-bulk';
import { invitationState } from './invitation-state';
import { NewInvitationForm } from './NewInvitationForm';
import { RoleBadge } from './StatusBadge';

const SORTS = ['-created_at', 'created_at', 'expires_at', '-expires_at', '-uses'];

export function InvitationsPage() {
	const { t, i18n } = useTranslation();
	const table = useTable<Invitation>(`${ADMIN}/invitations`, { sorts: SORTS, filters: ['q', 'role', 'open'] });
	const bulk = useBulk(table.reload);
	const [creating, setCreating] = useState(false);
	const [made, setMade] = useState<NewInvitation | null>(null);
	const [now] = useState(Date.now);
	const revoke = async (ids: number[]) => {
		const sure = await confirm({
			title: t('admin.invitations.revokeSure', { count: ids.length }),
			text: t('admin.invitations.revokeText'),
			action: t('admin.invitations.revoke'),
			danger: true,
		});
		if (sure) await bulk.each(ids, (id) => apiSend('DELETE', `${ADMIN}/invitations/${id}`));
	};
	const columns: Column<Invitation>[] = [
		{
			name: 'prefix',
			title: t('admin.invitations.code'),
			render: ({ prefix, note }) => (
				<>
					<code className="font-mono text-sm">{prefix}…</code>
					{note && <span className="block max-w-64 truncate text-xs text-text-2">{note}</span>}
				</>
			),
		},
		{ name: 'role', title: t('admin.users.role'), from: 'sm', render: ({ role }) => <RoleBadge role={role} /> },
		{
			name: 'uses',
			title: t('admin.invitations.used'),
			numeric: true,
			sortable: true,
			render: ({ uses, uses_max: max }) => `${uses} / ${max}`,
		},
		{
			name: 'state',
			title: t('admin.users.status'),
			render: (invitation) => {
				const state = invitationState(invitation, now);
				return <Badge look={state === 'open' ? 'accent' : 'plain'}>{t(`admin.invitations.state.${state}`)}</Badge>;
			},
		},
		{
			name: 'created_at',
			title: t('admin.invitations.created'),
			from: 'lg',
			sortable: true,
			render: ({ created_at: at }) => agoOf(at, i18n.language),
		},
		{
			name: 'expires_at',
			title: t('admin.invitations.expires'),
			from: 'md',
			sortable: true,
			render: ({ expires_at: at }) => (at ? agoOf(at, i18n.language) : t('admin.invitations.never')),
		},
		{
			name: 'menu',
			title: '',
			className: 'sticky right-0 w-12 bg-surface',
			render: (invitation) =>
				invitationState(invitation, now) === 'open' && (
					<IconButton
						icon="trash"
						size="sm"
						label={t('admin.invitations.revokeOf', { code: invitation.prefix })}
						onClick={() => void revoke([invitation.id])}
					/>
				),
		},
	];
	return (
		<>
			<Head title={t('admin.nav.invitations')} hint={t('admin.invitations.hint')}>
				<ListExport<Invitation>
					path={`${ADMIN}/invitations`}
					query={table.query}
					name="ogma-invitations"
					columns={columnsOf(
						'id',
						'prefix',
						'role',
						'note',
						'uses',
						'uses_max',
						'created_at',
						'expires_at',
						'revoked_at',
					)}
				/>
				<Button look="primary" icon="plus" className="h-10! px-4!" onClick={() => setCreating(true)}>
					{t('admin.invitations.add')}
				</Button>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.invitations.search')} />
				<ChoiceFilter
					table={table}
					name="role"
					label={t('admin.users.role')}
					options={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
				/>
				<YesNoFilter table={table} name="open" label={t('admin.invitations.state.open')} />
			</Filters>
			<DataTable
				label={t('admin.nav.invitations')}
				table={table}
				columns={columns}
				keyOf={({ id }) => id}
				nameOf={({ prefix }) => prefix}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				<BulkButton look="danger" onClick={() => void revoke(bulk.keys)}>
					{t('admin.invitations.revoke')}
				</BulkButton>
			</BulkBar>
			<Dialog open={creating} title={t('admin.invitations.add')} onClose={() => setCreating(false)}>
				<NewInvitationForm
					onClose={() => setCreating(false)}
					onCreated={(invitation) => {
						setCreating(false);
						setMade(invitation);
						table.reload();
					}}
				/>
			</Dialog>
			<Dialog open={made !== null} title={t('admin.invitations.made')} onClose={() => setMade(null)}>
				<p className="mb-4 text-text-2">{t('admin.invitations.madeText')}</p>
				{made && <CopyText text={new URL(made.link, location.origin).href} label={t('admin.invitations.link')} />}
				<Actions>
					<Button look="primary" onClick={() => setMade(null)}>
						{t('action.close')}
					</Button>
				</Actions>
			</Dialog>
		</>
	);
}
