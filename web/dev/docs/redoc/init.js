/* global Redoc */
/* System fonts: nothing is fetched from elsewhere. */
Redoc.init(
	'/openapi.json',
	{
		hideDownloadButton: false,
		theme: { typography: { fontFamily: 'system-ui, sans-serif', headings: { fontFamily: 'system-ui, sans-serif' } } },
	},
	document.getElementById('api'),
);
