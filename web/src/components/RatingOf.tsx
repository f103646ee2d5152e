import { useTranslation } from 'react-i18next';
import { setRating, useLikes, useRating, type Kind } from '../api/favorites';
import { Rating } from './Heart';
import { toast } from './toast';

/** One's own stars of a thing. Nothing for visitors. */
export function RatingOf({ kind, id, title }: { kind: Kind; id: number; title: string }) {
	const { t } = useTranslation();
	const shown = useLikes(kind);
	const stars = useRating(kind, id);
	if (!shown) return null;
	return (
		<Rating
			label={t('favorite.rating', { title })}
			value={stars}
			onChange={(next) => void setRating(kind, id, next).catch(() => toast(t('error.text')))}
		/>
	);
}
