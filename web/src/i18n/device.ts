/* Which browser on what, out of a User-Agent: enough to recognise one's own devices in a list. */
const BROWSERS: [RegExp, string][] = [
	[/\bEdg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
	[/\bOPR\/(\d+)/, 'Opera'],
	[/\bYaBrowser\/(\d+)/, 'Yandex Browser'],
	[/\bTelegram/, 'Telegram'],
	[/\b(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
	[/\b(?:Chrome|CriOS|Chromium|HeadlessChrome)\/(\d+)/, 'Chrome'],
	[/\bVersion\/(\d+)[\d.]* (?:Mobile\/\w+ )?Safari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
	[/\biPhone\b/, 'iPhone'],
	[/\biPad\b/, 'iPad'],
	[/\bAndroid\b/, 'Android'],
	[/\bWindows\b/, 'Windows'],
	[/\bMac OS X\b/, 'macOS'],
	[/\bCrOS\b/, 'ChromeOS'],
	[/\bLinux\b/, 'Linux'],
];

export function deviceOf(agent: string | null): string {
	if (!agent) return '';
	const browser = BROWSERS.find(([pattern]) => pattern.test(agent))?.[1];
	const system = SYSTEMS.find(([pattern]) => pattern.test(agent))?.[1];
	if (!browser && !system) return agent.slice(0, 60);
	return [browser, system].filter(Boolean).join(' · ');
}
