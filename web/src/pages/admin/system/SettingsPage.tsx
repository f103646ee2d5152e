import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ADMIN, useAdminSettings, type Setting } from '../../../api/admin';
import { Badge } from '../../../components/Badge';
import { TextInput } from '../../../components/form/TextInput';
import { SkeletonRows } from '../../../components/Skeletons';
import { ErrorView } from '../../../components/States';
import { Head } from '../Head';
import { columnsOf } from '../list-columns';
import { ListExport } from '../ListExport';

/** Known origins in words; another one is shown as it came. */
const ORIGINS = ['default', 'file', 'environment', 'flag'];

function settingsWith(settings: Setting[], words: string): [string, Setting[]][] {
	const wanted = words.trim().toLowerCase();
	const groups = new Map<string, Setting[]>();
	for (const setting of settings) {
		if (wanted && !`${setting.name} ${setting.summary}`.toLowerCase().includes(wanted)) continue;
		groups.set(setting.group, [...(groups.get(setting.group) ?? []), setting]);
	}
	return [...groups];
}

/** Every setting and where its value comes from. Changed in the server's own configuration only. */
export function SettingsPage() {
	const { t } = useTranslation();
	const { data, error, mutate } = useAdminSettings();
	const [words, setWords] = useState('');
	if (error) return <ErrorView error={error} retry={() => void mutate()} />;
	if (!data) return <SkeletonRows count={8} />;
	return (
		<>
			<Head title={t('admin.nav.settings')} hint={t('admin.settings.hint')}>
				<ListExport<Setting>
					path={`${ADMIN}/settings`}
					name="ogma-settings"
					columns={columnsOf('group', 'name', 'value', 'unit', 'origin', 'summary')}
				/>
			</Head>
			<TextInput
				label={t('admin.settings.search')}
				hiddenLabel
				type="search"
				placeholder={t('admin.settings.search')}
				value={words}
				onChange={setWords}
				fieldClass="mb-5 max-w-80"
			/>
			{settingsWith(data.items, words).map(([group, settings]) => (
				<section key={group} aria-label={group} className="mb-7">
					<h2 className="mb-2 text-lg">{group}</h2>
					<dl className="divide-y divide-line rounded-lg border border-line bg-surface">
						{settings.map((setting) => (
							<div key={setting.name} className="grid gap-x-6 gap-y-1 px-4 py-3 text-sm md:grid-cols-[1.2fr_1fr]">
								<dt className="min-w-0">
									<code className="font-mono font-semibold wrap-anywhere">{setting.name}</code>
									<span className="mt-0.5 block text-text-2">{setting.summary}</span>
								</dt>
								<dd className="flex min-w-0 flex-wrap items-center gap-2 md:justify-end">
									<code className="min-w-0 font-mono wrap-anywhere">{setting.value || '—'}</code>
									<Badge look={setting.origin === 'default' ? 'plain' : 'accent'}>
										{ORIGINS.includes(setting.origin) ? t(`admin.settings.origin.${setting.origin}`) : setting.origin}
									</Badge>
								</dd>
							</div>
						))}
					</dl>
				</section>
			))}
		</>
	);
}
