/* global Redoc */
/* System fonts: nothing is fetched from elsewhere. The browser's own scrollbars: those of ReDoc are a <style> with text in
 * it, which the policy does not let in, and the menu cannot be scrolled without it. */
Redoc.init(
	'/openapi.json',
	{
		hideDownloadButton: false,
		nativeScrollbars: true,
		theme: { typography: { fontFamily: 'system-ui, sans-serif', headings: { fontFamily: 'system-ui, sans-serif' } } },
	},
	document.getElementById('api'),
);
