import { useTranslation } from 'react-i18next';
import { useInfiniteList } from '../../../api/hooks';
import type { Playlist } from '../../../api/types';
import { Select } from '../../../components/form/Select';

interface PlaylistSelectProps {
	label: string;
	value: string;
	onChange: (id: string) => void;
	error?: string | undefined;
	/** Words of "none", where that is a choice. */
	none?: string;
	/** What can be chosen beside playlists. */
	more?: { value: string; label: string }[];
}

/** A playlist one may use: own ones and public ones. */
export function PlaylistSelect({ label, value, onChange, error, none, more = [] }: PlaylistSelectProps) {
	const { t } = useTranslation();
	const { items } = useInfiniteList<Playlist>('/playlists', { sort: 'title' });
	const known = items.map(({ id, title }) => ({ value: String(id), label: title }));
	const missing = value && ![...more, ...known].some((option) => option.value === value);
	return (
		<Select
			label={label}
			value={value}
			error={error}
			options={[
				{ value: '', label: none ?? t('console.playlist.choose') },
				...more,
				...(missing ? [{ value, label: t('console.playlist.number', { id: value }) }] : []),
				...known,
			]}
			onChange={onChange}
		/>
	);
}
