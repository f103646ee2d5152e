import { useTranslation } from 'react-i18next';

const LATIN = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
/* Ё files under Е; Ъ, Ы, Ь begin no name. */
const CYRILLIC = [...'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯ'];

/** First letters, the reader's own alphabet first. */
export function LetterRail({ letter, choose }: { letter: string | null; choose: (letter: string | null) => void }) {
	const { t, i18n } = useTranslation();
	const rows = i18n.language === 'ru' ? [CYRILLIC, LATIN] : [LATIN, CYRILLIC];
	const look = (on: boolean) =>
		`h-8 min-w-8 shrink-0 rounded-xs px-1.5 text-sm font-medium transition-colors ${on ? 'bg-accent text-accent-ink' : 'text-text-2 hover:bg-surface-2 hover:text-text'}`;
	return (
		<div role="group" aria-label={t('artists.letters')} className="mb-6 space-y-1">
			{rows.map((row, at) => (
				<div key={row[0]} className="no-scrollbar -mx-gutter flex overflow-x-auto px-gutter py-0.5 lg:flex-wrap">
					{at === 0 && (
						<button
							type="button"
							aria-pressed={letter === null}
							className={look(letter === null)}
							onClick={() => choose(null)}
						>
							{t('artists.all')}
						</button>
					)}
					{row.map((own) => (
						<button
							key={own}
							type="button"
							aria-pressed={letter === own}
							className={look(letter === own)}
							onClick={() => choose(letter === own ? null : own)}
						>
							{own}
						</button>
					))}
				</div>
			))}
		</div>
	);
}
