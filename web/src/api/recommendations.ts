import useSWR from 'swr';
import type { Recommendation } from './analytics';
import { apiPath } from './client';
import { useMe } from './session';

/** What somebody signed in may like next, and why. Nothing for visitors. */
export function useRecommendations(limit: number) {
	const { me } = useMe();
	return useSWR<{ items: Recommendation[] }>(me ? apiPath(`/tracks/recommendations/${me.id}`, { limit }) : null);
}
