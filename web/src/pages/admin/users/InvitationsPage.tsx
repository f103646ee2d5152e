import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ADMIN, type Invitation, type NewInvitation } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { can, ROLES, type Role } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { Badge } from '../../../components/Badge';
import { Button, IconButton } from '../../../components/Button';
import { confirm } from '../../../components/confirm';
import { CopyText } from '../../../components/CopyText';
import { Actions, Dialog } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { Select } from '../../../components/form/Select';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import { DataTable, type Column } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { agoOf } from '../../../i18n/dates';
import { Head } from '../Head';
import { MENU_CELL } from '../menu-cell';
import { ListExport } from '../ListExport';
import { attempt } from '../report';
import { invitationState } from './invitation-state';
import { RoleBadge } from './StatusBadge';

function Form({ onCreated, onClose }: { onCreated: (made: NewInvitation) => void; onClose: () => void }) {
	const { t } = useTranslation();
	const { me } = useMe();
	const form = useForm({ role: 'user' as Role, uses: '1', days: '7', note: '' }, async ({ role, uses, days, note }) =>
		onCreated(
			await apiSend<NewInvitation>('POST', `${ADMIN}/invitations`, {
				role,
				uses: Number(uses),
				days: Number(days),
				...(note.trim() ? { note: note.trim() } : {}),
			}),
		),
	);
	return (
		<form {...form.props} className="space-y-4">
			<Problem text={form.problem} />
			<Select
				label={t('admin.users.role')}
				options={ROLES.filter((role) => can(me, role)).map((value) => ({ value, label: t(`roles.${value}`) }))}
				{...form.bind('role')}
			/>
			<div className="grid grid-cols-2 gap-4">
				<TextInput label={t('admin.invitations.uses')} type="number" min={1} {...form.bind('uses')} />
				<TextInput label={t('admin.invitations.days')} type="number" min={1} {...form.bind('days')} />
			</div>
			<TextInput
				label={t('admin.invitations.note')}
				hint={t('admin.invitations.noteHint')}
				maxLength={200}
				{...form.bind('note')}
			/>
			<Actions>
				<Button look="quiet" onClick={onClose}>
					{t('action.cancel')}
				</Button>
				<Button look="primary" type="submit" disabled={form.busy}>
					{t('action.create')}
				</Button>
			</Actions>
		</form>
	);
}

export function InvitationsPage() {
	const { t, i18n } = useTranslation();
	const table = useTable<Invitation>(`${ADMIN}/invitations`, { sorts: [''] });
	const [creating, setCreating] = useState(false);
	const [made, setMade] = useState<NewInvitation | null>(null);
	const [now] = useState(Date.now);
	const revoke = async (invitation: Invitation) => {
		const sure = await confirm({
			title: t('admin.invitations.revokeSure'),
			text: t('admin.invitations.revokeText'),
			action: t('admin.invitations.revoke'),
			danger: true,
		});
		if (sure && (await attempt(() => apiSend('DELETE', `${ADMIN}/invitations/${invitation.id}`)))) table.reload();
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
			name: 'expires_at',
			title: t('admin.invitations.expires'),
			from: 'md',
			render: ({ expires_at: at }) => (at ? agoOf(at, i18n.language) : t('admin.invitations.never')),
		},
		{
			name: 'menu',
			title: '',
			className: MENU_CELL,
			render: (invitation) =>
				invitationState(invitation, now) === 'open' && (
					<IconButton
						icon="trash"
						size="sm"
						label={t('admin.invitations.revokeOf', { code: invitation.prefix })}
						onClick={() => void revoke(invitation)}
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
					columns={(
						['id', 'prefix', 'role', 'note', 'uses', 'uses_max', 'created_at', 'expires_at', 'revoked_at'] as const
					).map((name) => [name, (row) => row[name]])}
				/>
				<Button look="primary" icon="plus" className="h-10! px-4!" onClick={() => setCreating(true)}>
					{t('admin.invitations.add')}
				</Button>
			</Head>
			<DataTable label={t('admin.nav.invitations')} table={table} columns={columns} keyOf={({ id }) => id} />
			<Dialog open={creating} title={t('admin.invitations.add')} onClose={() => setCreating(false)}>
				<Form
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
