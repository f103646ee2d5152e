import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ADMIN, changeUsers, linkForUser, reviewUser, type AdminUser, type UserAction } from '../../../api/admin';
import { can, ROLES, type Role } from '../../../api/roles';
import { useMe } from '../../../api/session';
import { Button } from '../../../components/Button';
import { ExportButton } from '../../../components/chart/ExportButton';
import { confirm } from '../../../components/confirm';
import { Select } from '../../../components/form/Select';
import type { MenuEntry } from '../../../components/Menu';
import { DataTable } from '../../../components/table/DataTable';
import { useTable } from '../../../components/table/use-table';
import { BulkBar, BulkButton } from '../Bulk';
import { ChoiceFilter, Filters, TextFilter, YesNoFilter } from '../Filters';
import { Head } from '../Head';
import { useMenuColumn } from '../menu-column';
import { attempt, tellError } from '../report';
import { useBulk } from '../use-bulk';
import { LinkDialog } from './LinkDialog';
import { NewUserDialog } from './NewUserDialog';
import { useUserColumns } from './user-columns';

const SORTS = ['-created_at', 'created_at', 'username', '-last_login_at', 'id'];
const STATUSES = ['pending', 'active', 'rejected', 'blocked'] as const;
const BULK: UserAction[] = ['approve', 'reject', 'activate', 'block', 'delete'];
const DANGEROUS = new Set<UserAction>(['reject', 'block', 'delete']);

export function UsersPage() {
	const { t } = useTranslation();
	const { me } = useMe();
	const navigate = useNavigate();
	const table = useTable<AdminUser>(`${ADMIN}/users`, { sorts: SORTS, filters: ['q', 'role', 'status', 'is_active'] });
	const [creating, setCreating] = useState(false);
	const [link, setLink] = useState<{ name: string; link: string; until: string | null } | null>(null);
	const bulk = useBulk(table.reload);
	const columns = useUserColumns();

	const change = async (action: UserAction, role?: Role) => {
		const sure =
			!DANGEROUS.has(action) ||
			(await confirm({
				title: t('admin.users.sure', { count: bulk.keys.length }),
				text: t(`admin.users.sureText.${action}`),
				action: t(`admin.users.bulk.${action}`),
				danger: true,
			}));
		if (sure) await bulk.together(() => changeUsers(bulk.keys, action, role));
	};
	const makeLink = async (user: AdminUser) => {
		try {
			const made = await linkForUser(user.id);
			setLink({ name: user.username, link: made.link, until: made.expires_at });
		} catch (error) {
			tellError(error);
		}
	};
	const review = async (user: AdminUser, verdict: 'approve' | 'reject') => {
		if (await attempt(() => reviewUser(user.id, verdict), t(`admin.users.done.${verdict}`, { name: user.username })))
			table.reload();
	};
	const entries = (user: AdminUser): MenuEntry[] => [
		...(user.status === 'pending'
			? [
					{ icon: 'check' as const, label: t('admin.users.bulk.approve'), run: () => void review(user, 'approve') },
					{
						icon: 'close' as const,
						label: t('admin.users.bulk.reject'),
						danger: true,
						run: () => void review(user, 'reject'),
					},
				]
			: []),
		{ icon: 'user', label: t('admin.users.open'), to: `/admin/users/${user.id}` },
		{ icon: 'link', label: t('admin.users.link'), run: () => void makeLink(user) },
		{ icon: 'log', label: t('admin.users.changes'), to: `/admin/audit?model_name=user&model_id=${user.id}` },
	];
	const menuColumn = useMenuColumn<AdminUser>(({ username }) => username, entries);

	return (
		<>
			<Head title={t('admin.nav.users')}>
				<ExportButton path={`${ADMIN}/users`} query={table.query} name="ogma-users" />
				<ExportButton path={`${ADMIN}/users`} query={table.query} name="ogma-users" format="json" />
				<Button look="primary" icon="plus" className="h-10! px-4!" onClick={() => setCreating(true)}>
					{t('admin.users.add')}
				</Button>
			</Head>
			<Filters>
				<TextFilter table={table} name="q" label={t('admin.users.search')} />
				<ChoiceFilter
					table={table}
					name="role"
					label={t('admin.users.role')}
					options={ROLES.map((value) => ({ value, label: t(`roles.${value}`) }))}
				/>
				<ChoiceFilter
					table={table}
					name="status"
					label={t('admin.users.status')}
					options={STATUSES.map((value) => ({ value, label: t(`admin.users.state.${value}`) }))}
				/>
				<YesNoFilter table={table} name="is_active" label={t('admin.users.active')} />
			</Filters>
			<DataTable
				label={t('admin.nav.users')}
				table={table}
				columns={[...columns, menuColumn]}
				keyOf={({ id }) => id}
				nameOf={({ username }) => username}
				selection={bulk.selection}
			/>
			<BulkBar bulk={bulk}>
				<Select
					label={t('admin.users.setRole')}
					hiddenLabel
					value=""
					options={[
						{ value: '', label: t('admin.users.setRole') },
						...ROLES.filter((role) => can(me, role)).map((value) => ({ value, label: t(`roles.${value}`) })),
					]}
					onChange={(role) => role && void change('role', role as Role)}
				/>
				{BULK.map((action) => (
					<BulkButton key={action} look={action === 'delete' ? 'danger' : 'plain'} onClick={() => void change(action)}>
						{t(`admin.users.bulk.${action}`)}
					</BulkButton>
				))}
			</BulkBar>
			<NewUserDialog
				open={creating}
				onClose={() => setCreating(false)}
				onCreated={(user, made) => {
					setCreating(false);
					table.reload();
					if (made) setLink({ name: user.username, link: made, until: null });
					else void navigate(`/admin/users/${user.id}`);
				}}
			/>
			<LinkDialog shown={link} onClose={() => setLink(null)} />
		</>
	);
}
