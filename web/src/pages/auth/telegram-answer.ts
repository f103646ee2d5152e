/** What Telegram's sign-in page hands back behind the #: the widget's object, still to be judged by the server. */
export function widgetAnswer(hash: string): Record<string, unknown> | null {
	const encoded = /[#&]tgAuthResult=([\w+/=-]+)/.exec(hash)?.[1];
	if (!encoded) return null;
	try {
		const bytes = Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
			char.charCodeAt(0),
		);
		const answer: unknown = JSON.parse(new TextDecoder().decode(bytes));
		return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : null;
	} catch {
		return null;
	}
}
