/* State of a form: its values, what is wrong with each, and the one sentence about all of it. What the server refuses
 * (422 with details) lands at the fields it names; the first of them gets the focus. */
import { useEffect, useRef, useState } from 'react';
import i18next from 'i18next';
import { ApiError } from '../../api/client';

export type Values = Record<string, unknown>;

/** The server names nested fields by a path; a form's field is the first step of it. */
const fieldOf = (path: string) => path.split(/[.[]/)[0]!;

export function faultsOf<T extends Values>(error: unknown, values: T): { fields: Map<string, string>; rest: string } {
	const fields = new Map<string, string>();
	if (!(error instanceof ApiError)) return { fields, rest: i18next.t('error.text') };
	if (error.status === 0) return { fields, rest: i18next.t('error.offlineText') };
	let rest = '';
	for (const fault of error.fields()) {
		const name = fieldOf(fault.field);
		if (name in values) fields.set(name, fields.get(name) ?? fault.message);
		else rest = rest || `${fault.field}: ${fault.message}`;
	}
	if (fields.size === 0 && !rest) rest = error.message || i18next.t('error.text');
	return { fields, rest };
}

export interface Form<T extends Values> {
	values: T;
	busy: boolean;
	problem: string;
	set: (change: Partial<T>) => void;
	fail: (error: unknown) => void;
	/** What a text field needs: `<TextInput label=… {...form.bind('title')} />`. */
	bind: <K extends keyof T & string>(
		name: K,
	) => { name: K; value: T[K]; error: string | undefined; onChange: (value: T[K]) => void };
	props: { ref: React.RefObject<HTMLFormElement | null>; onSubmit: (event: React.FormEvent) => void; noValidate: true };
}

/** `submit` does the work and throws when it fails; `check` finds what the page itself can tell. */
export function useForm<T extends Values>(
	initial: T,
	submit: (values: T, set: (change: Partial<T>) => void) => Promise<void>,
	check?: (values: T) => Partial<Record<keyof T, string | undefined>>,
): Form<T> {
	const [values, setValues] = useState(initial);
	const [faults, setFaults] = useState<Map<string, string>>(new Map());
	const [problem, setProblem] = useState('');
	const [busy, setBusy] = useState(false);
	const form = useRef<HTMLFormElement>(null);

	const set = (change: Partial<T>) => setValues((before) => ({ ...before, ...change }));
	const show = (fields: Map<string, string>, rest: string) => {
		setFaults(fields);
		setProblem(rest);
	};
	useEffect(() => {
		if (faults.size > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
	}, [faults]);
	const fail = (error: unknown) => {
		const { fields, rest } = faultsOf(error, values);
		show(fields, rest);
	};
	const run = async () => {
		const own = Object.entries(check?.(values) ?? {}).filter(([, fault]) => fault) as [string, string][];
		if (own.length > 0) {
			show(new Map(own), '');
			return;
		}
		setBusy(true);
		setProblem('');
		setFaults(new Map());
		try {
			await submit(values, set);
		} catch (error) {
			fail(error);
		} finally {
			setBusy(false);
		}
	};

	return {
		values,
		busy,
		problem,
		fail,
		set,
		bind: (name) => ({
			name,
			value: values[name],
			error: faults.get(name),
			onChange: (value) => {
				setValues((before) => ({ ...before, [name]: value }));
				if (faults.has(name)) setFaults(new Map([...faults].filter(([other]) => other !== name)));
			},
		}),
		props: {
			ref: form,
			noValidate: true,
			onSubmit: (event) => {
				event.preventDefault();
				event.stopPropagation();
				if (!busy) void run();
			},
		},
	};
}
