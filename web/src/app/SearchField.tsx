import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { IconButton } from '../components/Button';
import { Icon } from '../components/Icon';

const DEBOUNCE_MS = 90;

/** Focus moves through everything marked data-result: down from the field, up back into it. */
function moveInResults(event: KeyboardEvent, field: HTMLInputElement | null): void {
	if ((event.key !== 'ArrowDown' && event.key !== 'ArrowUp') || event.shiftKey || event.defaultPrevented) return;
	const results = [...document.querySelectorAll<HTMLElement>('main [data-result]')];
	const at = results.indexOf(document.activeElement as HTMLElement);
	/* A result that had the focus may have gone with the answer before: then one starts at the first again. */
	const lost = document.activeElement === document.body && location.pathname === '/search';
	const inField = document.activeElement === field || lost;
	if (!inField && at < 0) return;
	const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
	event.preventDefault();
	if (next < 0) field?.focus();
	else results[Math.min(next, results.length - 1)]?.focus();
}

/** The one search field. Typing leads to the search page and keeps its address in step. */
export function SearchField({ fieldRef }: { fieldRef: React.RefObject<HTMLInputElement | null> }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const { pathname } = useLocation();
	const [params] = useSearchParams();
	const onPage = pathname === '/search';
	const asked = onPage ? (params.get('q') ?? '') : '';
	const [text, setText] = useState(asked);
	const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
	const sent = useRef(asked);
	/* What was sent and is not the address yet: on a slow device some letters are typed before an address comes. */
	const onWay = useRef<string[]>([]);

	/* The address changed by other means: a link, "did you mean", back. */
	useEffect(() => {
		const at = onWay.current.indexOf(asked);
		onWay.current = at < 0 ? [] : onWay.current.slice(at + 1);
		if (at >= 0 || asked === sent.current) return;
		setText(asked);
		sent.current = asked;
	}, [asked]);
	useEffect(() => () => clearTimeout(timer.current), []);
	useEffect(() => {
		const onKey = (event: KeyboardEvent) => moveInResults(event, fieldRef.current);
		addEventListener('keydown', onKey);
		return () => removeEventListener('keydown', onKey);
	}, [fieldRef]);

	const go = (value: string) => {
		clearTimeout(timer.current);
		const q = value.trim();
		if (q === sent.current && onPage) return;
		if (!q && !onPage) return;
		sent.current = q;
		onWay.current.push(q);
		const kept = new URLSearchParams(onPage ? params : undefined);
		for (const facet of ['genre', 'year', 'artist_id']) kept.delete(facet);
		kept.set('q', q);
		if (!q) kept.delete('q');
		navigate(`/search?${kept.toString()}`, { replace: onPage });
	};
	const change = (value: string) => {
		setText(value);
		clearTimeout(timer.current);
		timer.current = setTimeout(() => go(value), DEBOUNCE_MS);
	};
	const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>) => {
		if (event.key === 'Escape') {
			if (text) change('');
			else event.currentTarget.blur();
		}
		if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
		go(text);
		if (sent.current) document.querySelector<HTMLElement>('main [data-result]')?.click();
	};

	return (
		<search className="relative w-full max-w-xl">
			<Icon
				name="search"
				className="pointer-events-none absolute top-1/2 left-4 size-4.5 -translate-y-1/2 text-text-3"
			/>
			<input
				ref={fieldRef}
				type="search"
				value={text}
				onChange={(event) => change(event.target.value)}
				onKeyDown={onKeyDown}
				placeholder={t('search.placeholder')}
				aria-label={t('search.label')}
				aria-keyshortcuts="/ Control+K"
				autoComplete="off"
				spellCheck={false}
				enterKeyHint="search"
				className="h-11 w-full appearance-none rounded-full border border-line bg-surface pr-12 pl-11 text-text shadow-1 transition placeholder:text-text-3 hover:border-line-strong focus:border-accent focus:outline-none focus-visible:ring-3 focus-visible:ring-accent-soft [&::-webkit-search-cancel-button]:hidden"
			/>
			{text ? (
				<IconButton
					icon="close"
					size="sm"
					label={t('search.clear')}
					className="absolute! top-1 right-1"
					onClick={() => {
						change('');
						fieldRef.current?.focus();
					}}
				/>
			) : (
				<kbd className="absolute top-1/2 right-3.5 hidden -translate-y-1/2 md:block" aria-hidden="true">
					/
				</kbd>
			)}
		</search>
	);
}
