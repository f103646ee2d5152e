import { useTranslation } from 'react-i18next';
import { Menu, type MenuEntry } from '../../components/Menu';
import type { Column } from '../../components/table/DataTable';

/** A row's menu; it stays in reach while a wide table is scrolled. */
export function useMenuColumn<T>(nameOf: (row: T) => string, entries: (row: T) => MenuEntry[]): Column<T> {
	const { t } = useTranslation();
	return {
		name: 'menu',
		title: '',
		className: 'sticky right-0 w-12 bg-surface',
		render: (row) => <Menu label={t('admin.actionsFor', { name: nameOf(row) })} entries={() => entries(row)} />,
	};
}
