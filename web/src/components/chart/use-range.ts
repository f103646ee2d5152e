import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Query } from '../../api/client';
import { rangeOf, withRange, type Range } from './range';

export interface RangeState {
	range: Range;
	/** What a question about it asks. */
	query: Query & { from: string; to: string; interval: string };
	setNamed: (name: string) => void;
	setDates: (from: string, to: string) => void;
}

/** The range of days in the address, and the ways to change it. */
export function useRange(): RangeState {
	const [params, setParams] = useSearchParams();
	/* Midnight may pass while the page is open; the range stays until it is opened anew. */
	const [now] = useState(Date.now);
	const range = rangeOf(params, now);
	return {
		range,
		query: { from: range.from, to: range.to, interval: range.interval },
		setNamed: (name) => setParams((before) => withRange(before, { range: name }), { replace: true }),
		setDates: (from, to) => setParams((before) => withRange(before, { from, to }), { replace: true }),
	};
}
