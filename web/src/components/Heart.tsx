import { useTranslation } from 'react-i18next';
import { setFavorite, useIsFavorite, useLikes, type Kind } from '../api/favorites';
import { IconButton } from './Button';
import { Icon } from './Icon';
import { toast } from './toast';

interface HeartProps {
	kind: Kind;
	id: number;
	/** What it is the heart of, for its name. */
	title: string;
	size?: 'sm' | 'md' | 'lg';
	className?: string;
}

/** Favourite or not. Nothing for visitors. */
export function Heart({ kind, id, title, size = 'md', className = '' }: HeartProps) {
	const { t } = useTranslation();
	const shown = useLikes(kind);
	const on = useIsFavorite(kind, id);
	if (!shown) return null;
	const press = () => void setFavorite(kind, id, !on).catch(() => toast(t('error.text')));
	return (
		<IconButton
			icon={on ? 'heartFull' : 'heart'}
			size={size}
			label={t(on ? 'favorite.remove' : 'favorite.add', { title })}
			aria-pressed={on}
			onClick={press}
			onDoubleClick={(event) => event.stopPropagation()}
			className={`${on ? 'text-accent-text!' : ''} ${className}`}
		/>
	);
}

const STARS = [1, 2, 3, 4, 5] as const;

interface RatingProps {
	label: string;
	value: number;
	onChange: (stars: number) => void;
}

/** One to five stars; pressing the given ones again takes them away. */
export function Rating({ label, value, onChange }: RatingProps) {
	const { t } = useTranslation();
	return (
		<div role="group" aria-label={label} className="inline-flex">
			{STARS.map((stars) => (
				<button
					key={stars}
					type="button"
					aria-pressed={stars === value}
					aria-label={t('favorite.stars', { count: stars })}
					title={t('favorite.stars', { count: stars })}
					onClick={() => onChange(stars === value ? 0 : stars)}
					className={`grid h-9 w-7.5 place-items-center rounded-xs transition-colors hover:text-accent-text ${stars <= value ? 'text-accent-text' : 'text-text-3'}`}
				>
					<Icon name={stars <= value ? 'starFull' : 'star'} />
				</button>
			))}
		</div>
	);
}
