/* Runs before the first paint, so that a forced theme never flashes. Kept out of the bundle and free of imports;
 * src/app/theme.ts does the same when the setting or the system changes later. */
(function () {
	var theme = 'system';
	try {
		theme = JSON.parse(localStorage.getItem('ogma.settings')).state.theme || theme;
	} catch {
		/* first visit, or storage is switched off */
	}
	var dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
	document.querySelector('meta[name="theme-color"]').content = dark ? '#0b0f17' : '#f5f6f9';
})();
