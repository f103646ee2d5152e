import type { Cell } from './csv';

/** Columns that are headed as their fields are called. */
export const columnsOf = <Name extends string>(...names: Name[]) =>
	names.map((name): [string, (row: Record<Name, Cell>) => Cell] => [name, (row) => row[name]]);
