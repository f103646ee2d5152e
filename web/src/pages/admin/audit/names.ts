import type { TFunction } from 'i18next';

export const ACTIONS = [
	'create',
	'update',
	'delete',
	'login',
	'logout',
	'view',
	'export',
	'bulk_update',
	'bulk_delete',
] as const;
export const MODELS = [
	'user',
	'session',
	'invitation',
	'track',
	'album',
	'artist',
	'genre',
	'playlist',
	'upload',
	'source',
	'job',
	'schedule',
	'backup',
] as const;

const known = (list: readonly string[], name: string) => list.includes(name);

/** In words where we have some; the name itself where another version wrote it. */
export const actionName = (t: TFunction, name: string): string =>
	known(ACTIONS, name) ? t(`admin.audit.action.${name}`) : name;
export const modelName = (t: TFunction, name: string): string =>
	known(MODELS, name) ? t(`admin.audit.model.${name}`) : name;
