import { useTranslation } from 'react-i18next';
import type { Json } from '../../../api/admin';
import { changesOf, valueText } from '../diff';

function Value({ value, kind }: { value: Json | undefined; kind: 'before' | 'after' }) {
	const { t } = useTranslation();
	if (value === undefined) return <span className="text-text-3">{t('admin.audit.none')}</span>;
	const text = valueText(value);
	return kind === 'before' ? (
		<del className="rounded-xs bg-danger/10 px-1.5 py-0.5 text-text decoration-danger/60">{text}</del>
	) : (
		<ins className="rounded-xs bg-accent-soft px-1.5 py-0.5 text-text no-underline">{text}</ins>
	);
}

/** What a change changed, field by field. */
export function Changes({ before, after }: { before: Json; after: Json }) {
	const { t } = useTranslation();
	const changes = changesOf(before, after);
	if (changes.length === 0) return <p className="text-sm text-text-2">{t('admin.audit.nothing')}</p>;
	return (
		<div className="overflow-x-auto rounded-md border border-line">
			<table className="w-full text-sm">
				<thead className="border-b border-line text-left text-xs text-text-2">
					<tr>
						{[t('admin.audit.field'), t('admin.audit.before'), t('admin.audit.after')].map((head) => (
							<th key={head} scope="col" className="px-3 py-2 font-semibold">
								{head}
							</th>
						))}
					</tr>
				</thead>
				<tbody className="divide-y divide-line">
					{changes.map((change) => (
						<tr key={change.field} className="align-top">
							<th scope="row" className="px-3 py-2 text-left font-mono text-xs font-medium wrap-anywhere">
								{change.field}
							</th>
							<td className="px-3 py-2 wrap-anywhere">
								<Value value={change.before} kind="before" />
							</td>
							<td className="px-3 py-2 wrap-anywhere">
								<Value value={change.after} kind="after" />
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
