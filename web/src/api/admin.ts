/* The administration: its answers, and what an administrator may do. */
import useSWR from 'swr';
import { apiPath, apiSend } from './client';
import type { Role } from './roles';
import type { Login, User } from './session';
import type { Page } from './types';

export const ADMIN = '/admin/api';

export type UserStatus = User['status'];

export interface AdminUser extends User {
	reviewed_by?: number | null;
	reviewed_at?: string | null;
}

export interface SessionRow {
	id: number;
	kind: 'token' | 'web';
	address: string | null;
	user_agent: string | null;
	created_at: string;
	used_at: string | null;
	expires_at: string;
	current: boolean;
}

export interface KeyRow {
	id: number;
	name: string;
	prefix: string;
	scopes: string[];
	created_at: string;
	expires_at: string | null;
	last_used_at: string | null;
}

export interface UserDetails extends AdminUser {
	sessions: SessionRow[];
	keys: KeyRow[];
	logins: Login[];
}

export interface Invitation {
	id: number;
	prefix: string;
	role: Role;
	note: string | null;
	uses: number;
	uses_max: number;
	created_by: number | null;
	created_at: string;
	expires_at: string | null;
	revoked_at: string | null;
}

export interface NewInvitation extends Invitation {
	code: string;
	link: string;
}

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export interface AuditRow {
	id: number;
	admin_user_id: number | null;
	admin_username: string | null;
	action: string;
	model_name: string;
	model_id: string | number | null;
	old_values: Json;
	new_values: Json;
	ip_address: string | null;
	user_agent: string | null;
	created_at: string;
}

export interface Dashboard {
	users: {
		total: number;
		active: number;
		pending: number;
		blocked: number;
		new_7d: number;
		by_role: Partial<Record<Role, number>>;
	};
	library: {
		tracks: number;
		albums: number;
		artists: number;
		genres: number;
		duration_ms: number;
		size_bytes: number;
	};
	jobs: { running: number; queued: number; failed: number };
	sessions: { active: number };
	audit: AuditRow[];
	uptime_seconds: number;
}

export interface Setting {
	name: string;
	/** "***" where it is a secret. */
	value: string | null;
	origin: string;
	summary: string;
	group: string;
}

export interface Source {
	id: number;
	kind: 'folder' | 's3';
	path: string;
	/** Of a bucket. */
	server: {
		/** Empty: the server of the settings. */
		endpoint: string;
		region: string | null;
		access_key: string | null;
		has_secret: boolean;
		path_style: boolean;
	} | null;
	/** Uploaded files end in it. */
	managed: boolean;
	state: 'active' | 'paused' | 'removed';
	file_count: number;
	rejected_count: number;
	last_scan_at: string | null;
	last_error: string | null;
	created_at: string;
	updated_at: string;
	scanning: boolean;
	job_id: number | null;
}

export interface SourceCheck {
	ok: boolean;
	message: string | null;
}

export interface RejectedFile {
	id: number;
	path: string;
	reason: string;
	updated_at: string;
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'dead';

export interface Job {
	id: number;
	kind: string;
	source_id: number | null;
	detail: string | null;
	state: JobState;
	step: string | null;
	attempts: number;
	next_try_at: string | null;
	parent_id: number | null;
	cancel_asked: boolean;
	progress: {
		done: number;
		total: number;
		rate: number;
		eta_seconds: number | null;
		added: number;
		updated: number;
		moved: number;
		removed: number;
		restored: number;
		unchanged: number;
		rejected: number;
	};
	error: string | null;
	created_at: string;
	started_at: string | null;
	finished_at: string | null;
}

export interface JobLine {
	id: number;
	at: string;
	level: 'info' | 'warning' | 'error';
	path: string | null;
	message: string;
}

export interface Schedule {
	name: string;
	cron: string;
	preset: string;
	changed: boolean;
	enabled: boolean;
	last_run_at: string | null;
	next_run_at: string | null;
}

export interface ScheduleRun {
	id: number;
	job_id: number;
	reason: 'clock' | 'catch_up' | 'person';
	started_at: string;
	finished_at: string | null;
	state: JobState;
	error: string | null;
}

export interface Alert {
	name: string;
	level: 'warning' | 'error';
	message: string;
	active: boolean;
	raised_at: string | null;
}

export interface Backup {
	name: string;
	created_at: string;
	size_bytes: number;
	files: number;
	store: string;
	version: string;
	complete: boolean;
}

export interface Edits {
	fields: Record<string, Json>;
	tags: Record<string, Json>;
	hidden: boolean;
	updated_at: string | null;
	updated_by: { id: number; username: string } | null;
}

export interface Owner {
	id: number;
	username: string;
	full_name: string | null;
}

export interface Refusal {
	id: number;
	reason: string;
}

export interface BulkAnswer {
	changed: number[];
	refused: Refusal[];
}

export const useDashboard = () => useSWR<Dashboard>(`${ADMIN}/dashboard`, { refreshInterval: 30_000 });
export const useAdminUser = (id: string | undefined) => useSWR<UserDetails>(id ? `${ADMIN}/users/${id}` : null);
export const useAdminSettings = () => useSWR<Page<Setting>>(`${ADMIN}/settings`);
export const useBackups = () => useSWR<Page<Backup> & { folder: string | null }>(`${ADMIN}/backups`);
/** Asked each time a dialog opens: it may be opened again right after a change. */
export const useEdits = (kind: string, id: number | null) =>
	useSWR<Edits>(id === null ? null : apiPath(`/${kind}/${id}/edits`), { dedupingInterval: 0 });
export const useOwners = (artist: number | null) =>
	useSWR<Page<Owner>>(artist === null ? null : apiPath(`/artists/${artist}/owners`));

/** Asks again every few seconds while something moves, seldom while nothing does. */
export const PACE_MS = { busy: 1500, calm: 15_000 } as const;

export const useJob = (id: number | null) =>
	useSWR<Job>(id === null ? null : apiPath(`/jobs/${id}`), {
		refreshInterval: (job) => (job && isOver(job) ? 0 : PACE_MS.busy),
	});

export const useSchedules = () => useSWR<Page<Schedule>>(apiPath('/schedules'), { refreshInterval: PACE_MS.calm });
export const useScheduleRuns = (name: string | undefined) =>
	useSWR<Page<ScheduleRun>>(name ? apiPath(`/schedules/${name}/runs`) : null, { dedupingInterval: 0 });
export const useAlerts = () =>
	useSWR<{ alerts: Alert[] }>(apiPath('/monitoring/report'), { refreshInterval: PACE_MS.calm });

export const isOver = (job: Job): boolean => job.state !== 'queued' && job.state !== 'running';

export interface UserChange {
	role?: Role;
	status?: UserStatus;
	is_active?: boolean;
	full_name?: string | null;
	email?: string | null;
}

export const changeUser = (id: number, change: UserChange) =>
	apiSend<AdminUser>('PATCH', `${ADMIN}/users/${id}`, change);
export const reviewUser = (id: number, verdict: 'approve' | 'reject') =>
	apiSend<AdminUser>('POST', `${ADMIN}/users/${id}/${verdict}`);
export const linkForUser = (id: number) =>
	apiSend<{ link: string; expires_at: string }>('POST', `${ADMIN}/users/${id}/link`);

export type UserAction = 'approve' | 'reject' | 'block' | 'activate' | 'delete' | 'role';

export const changeUsers = (ids: number[], action: UserAction, role?: Role) =>
	apiSend<BulkAnswer>('POST', `${ADMIN}/users/bulk`, role ? { ids, action, role } : { ids, action });

export type PlaylistAction = 'publish' | 'unpublish' | 'delete';

export const changePlaylists = (ids: number[], action: PlaylistAction) =>
	apiSend<BulkAnswer>('POST', `${ADMIN}/playlists/bulk`, { ids, action });

export type TrackAction = 'hide' | 'restore' | 'genre' | 'album' | 'album_artist' | 'year' | 'artist' | 'reset';

export const changeTracks = (ids: number[], action: TrackAction, value?: Json) =>
	apiSend<BulkAnswer>(
		'POST',
		`${ADMIN}/tracks/bulk`,
		value === undefined
			? { ids, action }
			: { ids, action: 'edit', ...(action === 'artist' ? { artists: [value] } : { [action]: value }) },
	);
