/** A row's menu stays in reach while a wide table is scrolled. */
export const MENU_CELL = 'sticky right-0 w-12 bg-surface';
