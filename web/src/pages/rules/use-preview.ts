/* What the rules choose at the moment: asked a moment after the last change, the call before is given up. */
import { useEffect, useState } from 'react';
import { ApiError, isAbort } from '../../api/client';
import { previewRules, type RuleFields, type Rules } from '../../api/playlists';
import type { Track } from '../../api/types';
import { faultsOf } from '../../components/form/use-form';
import { faultPath, isComplete } from './rules';

const WAIT_MS = 350;

export interface Preview {
	tracks: Track[];
	total: number | null;
	durationMs: number;
	faults: Map<string, string>;
	problem: string;
	asking: boolean;
}

const NOTHING: Preview = { tracks: [], total: null, durationMs: 0, faults: new Map(), problem: '', asking: false };

export function faultsIn(error: unknown): { faults: Map<string, string>; problem: string } {
	const faults = new Map<string, string>();
	if (error instanceof ApiError && error.status === 422) {
		for (const { field, message } of error.fields()) faults.set(faultPath(field), message);
	}
	return { faults, problem: faults.size > 0 ? '' : faultsOf(error, {}).rest };
}

export function usePreview(rules: Rules | null, fields: RuleFields | undefined): Preview {
	const [preview, setPreview] = useState(NOTHING);
	useEffect(() => {
		if (!rules || !fields || !isComplete(fields, rules)) return;
		const call = new AbortController();
		const timer = setTimeout(() => {
			setPreview((before) => ({ ...before, asking: true }));
			previewRules(rules, call.signal).then(
				({ items, total, duration_ms }) => setPreview({ ...NOTHING, tracks: items, total, durationMs: duration_ms }),
				(error: unknown) => {
					if (!isAbort(error)) setPreview({ ...NOTHING, ...faultsIn(error) });
				},
			);
		}, WAIT_MS);
		return () => {
			clearTimeout(timer);
			call.abort();
		};
	}, [rules, fields]);
	return preview;
}
