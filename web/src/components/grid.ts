/** Cards as many as fit, for grids short enough to need no CardGrid. */
export const GRID =
	'grid grid-cols-[repeat(auto-fill,minmax(min(9.25rem,42%),1fr))] gap-x-gap gap-y-7 sm:grid-cols-[repeat(auto-fill,minmax(10.5rem,1fr))]';
