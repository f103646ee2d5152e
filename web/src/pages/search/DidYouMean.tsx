import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

export function DidYouMean({ words }: { words: string | null }) {
	const { t } = useTranslation();
	if (!words) return null;
	return (
		<p className="mb-4 text-text-2">
			{t('search.didYouMean')}{' '}
			<Link
				to={`/search?q=${encodeURIComponent(words)}`}
				replace
				className="font-semibold text-accent-text underline underline-offset-4"
			>
				{words}
			</Link>
		</p>
	);
}
