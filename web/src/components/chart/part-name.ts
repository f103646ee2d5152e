import type { TFunction } from 'i18next';

/* What players tell about themselves in one word, and we have words for. Anything else is shown as it came. */
const KNOWN: Record<string, string[]> = {
	source: [
		'library',
		'album',
		'artist',
		'playlist',
		'radio',
		'search',
		'recommendation',
		'favorites',
		'queue',
		'other',
	],
	device: ['desktop', 'mobile', 'tablet', 'tv', 'speaker'],
	platform: ['web'],
};

export function partName(
	t: TFunction,
	kind: 'source' | 'device' | 'platform' | 'client' | 'country',
	name: string,
): string {
	if (!name || name === 'unknown') return t('chart.unknown');
	return KNOWN[kind]?.includes(name) ? t(`chart.${kind}.${name}`) : name;
}
