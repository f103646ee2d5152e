/* Files that people send: what the server knows of them, and asking it to fetch one. Sending is pages/upload/uploader.ts. */
import useSWR from 'swr';
import { apiGet, apiPath, apiSend } from './client';
import type { Exactly, Page, Shapes, Track } from './types';

export type UploadState = 'receiving' | 'queued' | 'done' | 'failed';
export type Upload = Exactly<Shapes['Upload'], { state: UploadState; track: Track | null }>;

export const UPLOADS = apiPath('/uploads');
const MINE = apiPath('/uploads', { mine: true, limit: 50 });

export const isOver = (upload: Upload): boolean => upload.state === 'done' || upload.state === 'failed';

export const getUpload = (id: number): Promise<Upload> => apiGet<Upload>(apiPath(`/uploads/${id}`));
export const forgetUpload = (id: number): Promise<void> => apiSend('DELETE', `/uploads/${id}`);

/** What came from elsewhere: other devices, addresses, days before. */
export function useMyUploads() {
	return useSWR<Page<Upload>>(MINE, {
		refreshInterval: (page) => (page?.items.some((upload) => upload.state === 'queued') ? 1500 : 0),
	});
}

export interface Words {
	album: string;
	artist: string;
}

export function uploadFromUrl(url: string, words: Words): Promise<Upload> {
	const { album, artist } = words;
	return apiSend<Upload>('POST', '/tracks/upload-from-url', { url, album: album || null, artist: artist || null });
}
