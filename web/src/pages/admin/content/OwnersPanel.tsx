import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { ADMIN, useOwners, type AdminUser } from '../../../api/admin';
import { ApiError, apiGet, apiPath, apiSend } from '../../../api/client';
import { can } from '../../../api/roles';
import { useMe } from '../../../api/session';
import type { Page } from '../../../api/types';
import { Button, IconButton } from '../../../components/Button';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import { attempt } from '../report';

/** The number of an account; administrators may also write its name or e-mail. */
async function userIdOf(text: string, mayList: boolean): Promise<number | null> {
	if (/^\d+$/.test(text)) return Number(text);
	if (!mayList) return null;
	const { items } = await apiGet<Page<AdminUser>>(apiPath(`${ADMIN}/users`, { q: text, limit: 20 }));
	const wanted = text.toLowerCase();
	const found = items.find((user) => [user.username, user.email].some((name) => name?.toLowerCase() === wanted));
	return found?.id ?? null;
}

function AddOwner({ artist, onAdded }: { artist: number; onAdded: () => void }) {
	const { t } = useTranslation();
	const { me } = useMe();
	const mayList = can(me, 'admin');
	const form = useForm({ user: '' }, async ({ user }) => {
		const found = await userIdOf(user.trim(), mayList);
		if (found === null) {
			const fault = { field: 'user', message: t('admin.owners.unknown') };
			throw new ApiError(422, 'validation_error', fault.message, null, [fault]);
		}
		await apiSend('PUT', `/artists/${artist}/owners/${found}`);
		onAdded();
	});
	const label = t(mayList ? 'admin.owners.user' : 'admin.owners.userId');
	return (
		<form {...form.props} className="flex flex-wrap items-start gap-2.5">
			<TextInput
				label={label}
				hiddenLabel
				placeholder={label}
				autoComplete="off"
				fieldClass="min-w-56 flex-1"
				{...form.bind('user')}
			/>
			<Button type="submit" disabled={form.busy}>
				{t('action.add')}
			</Button>
		</form>
	);
}

/** Whose artist it is: those may change its page and see how it is heard. */
export function OwnersPanel({ artist }: { artist: number }) {
	const { t } = useTranslation();
	const id = useId();
	const { data, mutate } = useOwners(artist);
	const remove = async (user: number) => {
		if (await attempt(() => apiSend('DELETE', `/artists/${artist}/owners/${user}`))) await mutate();
	};
	return (
		<section aria-labelledby={id} className="mt-6 border-t border-line pt-5">
			<h3 id={id} className="text-base">
				{t('admin.owners.title')}
			</h3>
			<p className="mt-1 mb-3 text-sm text-text-2">{t('admin.owners.hint')}</p>
			<ul className="mb-3 flex flex-wrap gap-2">
				{data?.items.map((owner) => (
					<li
						key={owner.id}
						className="inline-flex items-center gap-1 rounded-full bg-surface-2 pl-3.5 text-sm font-medium"
					>
						{owner.username}
						<IconButton
							icon="close"
							size="sm"
							label={t('admin.owners.remove', { name: owner.username })}
							onClick={() => void remove(owner.id)}
						/>
					</li>
				))}
			</ul>
			<AddOwner key={data?.total} artist={artist} onAdded={() => void mutate()} />
		</section>
	);
}
