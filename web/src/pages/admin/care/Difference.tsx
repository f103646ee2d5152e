import { useTranslation } from 'react-i18next';
import { textDiff } from './text-diff';

/** A text before and after, with what is not the same marked. Blanks are shown, for often they are the difference. */
function Marked({ text, kind }: { text: string; kind: 'removed' | 'added' }) {
	const shown = text.replaceAll(' ', '␣').replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/g, '⌷');
	if (text === '') return null;
	return kind === 'removed' ? (
		<del className="rounded-xs bg-danger/10 text-text decoration-danger/60">{shown}</del>
	) : (
		<ins className="rounded-xs bg-accent-soft text-text no-underline">{shown}</ins>
	);
}

export function Difference({ was, becomes }: { was: string; becomes: string | null }) {
	const { t } = useTranslation();
	if (becomes === null) return <span className="wrap-anywhere">{was || <em>{t('care.empty')}</em>}</span>;
	const diff = textDiff(was, becomes);
	return (
		<span className="block wrap-anywhere whitespace-pre-wrap">
			<span className="block text-text-2">
				<span className="sr-only">{t('care.was')} </span>
				{diff.before}
				<Marked text={diff.removed} kind="removed" />
				{diff.after}
			</span>
			<span className="block font-semibold">
				<span className="sr-only">{t('care.becomes')} </span>
				{diff.before}
				<Marked text={diff.added} kind="added" />
				{diff.after}
			</span>
		</span>
	);
}
