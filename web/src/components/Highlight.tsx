import type { HighlightPart } from '../api/types';

/** Text with what the search matched; plain text when there are no segments. */
export function Highlight({ parts, text }: { parts: HighlightPart[] | null | undefined; text: string }) {
	if (!parts?.length) return text;
	return parts.map((part, at) => (part.match ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>));
}
