import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiSend } from '../../api/client';
import { can } from '../../api/roles';
import { useMe } from '../../api/session';
import type { Track } from '../../api/types';
import { Button } from '../../components/Button';
import { toast } from '../../components/toast';
import { numberOf } from '../../i18n/format';

/** What a track without a genre sounds like; a moderator makes it the track's genre. */
export function GenreGuess({ track, onChange }: { track: Track; onChange: () => void }) {
	const { t, i18n } = useTranslation();
	const { me } = useMe();
	const [busy, setBusy] = useState(false);
	const guess = track.genre_guess;
	if (!guess) return null;
	const percent = numberOf(Math.round(guess.confidence * 100), i18n.language);
	const accept = async () => {
		setBusy(true);
		try {
			await apiSend('PATCH', `/tracks/${track.id}`, { genre: guess.name });
			toast(t('action.saved'));
			onChange();
		} catch {
			toast(t('error.text'));
			setBusy(false);
		}
	};
	return (
		<div className="mt-6 flex flex-wrap items-center gap-x-4 gap-y-2">
			<p className="text-text-2">{t('track.guess', { genre: guess.name, percent })}</p>
			{can(me, 'moderator') && (
				<Button disabled={busy} onClick={() => void accept()}>
					{t('track.guessAccept', { genre: guess.name })}
				</Button>
			)}
		</div>
	);
}
