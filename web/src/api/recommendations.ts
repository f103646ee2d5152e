import useSWR from 'swr';
import { apiPath } from './client';
import { useMe } from './session';
import type { Shapes, Told } from './types';

/** What somebody signed in may like next, and why. Nothing for visitors. */
export function useRecommendations(limit: number) {
	const { me } = useMe();
	return useSWR<Told<Shapes['Recommendations']>>(me ? apiPath(`/tracks/recommendations/${me.id}`, { limit }) : null);
}
