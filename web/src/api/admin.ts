/* The administration: its answers, and what an administrator may do. */
import useSWR from 'swr';
import { apiPath, apiSend } from './client';
import type { Role } from './roles';
import type { User } from './session';
import type { Exactly, Page, Shapes } from './types';

export const ADMIN = '/admin/api';

export type UserStatus = User['status'];
export type AdminUser = User;
export type UserDetails = User & Omit<Shapes['Person'], keyof User>;

export type Invitation = Exactly<Shapes['Invitation'], { role: Role }>;
export type NewInvitation = Exactly<Shapes['NewInvitation'], { role: Role }>;

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export type AuditRow = Exactly<Shapes['AuditRow'], { old_values: Json; new_values: Json }>;
export type Dashboard = Exactly<Shapes['Dashboard'], { audit: AuditRow[] }>;

export type RequestRow = Shapes['RequestRow'];
export type SearchRow = Shapes['SearchRow'];
export type ActivityRow = Shapes['ActivityRow'];

export type Setting = Shapes['Setting'];
export type Source = Exactly<Shapes['Source'], { kind: 'folder' | 's3'; state: 'active' | 'paused' | 'removed' }>;
export type SourceCheck = Shapes['SourceCheck'];
export type RejectedFile = Shapes['RejectedFile'];

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'dead';
export type Job = Exactly<Shapes['Job'], { state: JobState }>;
export type JobLine = Exactly<Shapes['JobLine'], { level: 'info' | 'warning' | 'error' }>;
export type Schedule = Shapes['Schedule'];
export type ScheduleRun = Exactly<Shapes['ScheduleRun'], { reason: 'clock' | 'catch_up' | 'person'; state: JobState }>;
export type Alert = Exactly<Shapes['Alert'], { level: 'warning' | 'error' }>;
export type Backup = Shapes['Backup'];

export type Edits = Exactly<Shapes['Edits'], { fields: Record<string, Json>; tags: Record<string, Json> }>;
export type Owner = Shapes['Owner'];
export type Refusal = Pick<Shapes['BulkRefusal'], 'id' | 'reason'>;
export type BulkAnswer = Exactly<Shapes['BulkOutcome'], { refused: Refusal[] }>;

export const useDashboard = () => useSWR<Dashboard>(`${ADMIN}/dashboard`, { refreshInterval: 30_000 });
export const useAdminUser = (id: string | undefined) => useSWR<UserDetails>(id ? `${ADMIN}/users/${id}` : null);
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
export const linkForUser = (id: number) => apiSend<Shapes['NewLink']>('POST', `${ADMIN}/users/${id}/link`);

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
