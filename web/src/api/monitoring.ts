/* The state of the server and of all its streams, live: what the Monitoring page shows. */
import { useState } from 'react';
import useSWR, { useSWRConfig } from 'swr';
import { apiGet, apiPath } from './client';
import { missed, takeEvent } from './channel-events';
import type { Shapes } from './types';
import { useLive, type Line, type LiveMessage } from './live';

export type SystemMetrics = Omit<Shapes['SystemMetrics'], 'timestamp'>;

export interface SystemAlert {
	key: string;
	at: string;
	level: 'info' | 'warning' | 'error';
	message: string;
}

export type MetricPoint = Pick<Shapes['MetricPoint'], 'at' | 'value'>;

export interface Monitoring {
	line: Line;
	system: SystemMetrics | null;
	alerts: SystemAlert[];
}

export type Span = '1' | '3' | '12' | '24';

const STEP: Record<Span, '1m' | '5m' | '15m'> = { '1': '1m', '3': '1m', '12': '5m', '24': '15m' };
const AGAIN_MS = 60_000;

/** Several metrics of the last hours, each a series. */
export const useMetricHistory = (metrics: string[], span: Span) =>
	useSWR<MetricPoint[][]>(
		['metrics', span, ...metrics],
		() => {
			const to = Date.now();
			const from = new Date(to - Number(span) * 3_600_000).toISOString();
			const ask = (metric: string) =>
				apiGet<Shapes['MetricHistory']>(apiPath('/metrics/history', { metric, from, interval: STEP[span] }));
			return Promise.all(metrics.map(async (metric) => (await ask(metric)).points));
		},
		{ refreshInterval: AGAIN_MS, keepPreviousData: true },
	);

const SYSTEM_KEY = apiPath('/metrics/system');
const ALERTS_MAX = 20;

const numbers: [keyof SystemMetrics, string[]][] = [
	['cpu_percent', ['cpu_percent', 'cpu']],
	['memory_percent', ['memory_percent', 'memory']],
	['disk_percent', ['disk_percent', 'disk']],
	['active_streams', ['active_streams']],
	['total_listeners', ['total_listeners']],
	['queue_items', ['queue_items']],
	['websocket_connections', ['websocket_connections']],
	['uptime_seconds', ['uptime_seconds']],
];

/** What a message tells of the system; what it does not tell stays as it was. */
export function systemAfter(before: SystemMetrics | undefined, data: Record<string, unknown>): SystemMetrics {
	const told = numbers.map(([name, names]) => {
		const value = names.map((other) => data[other]).find((one) => typeof one === 'number');
		return [name, value ?? before?.[name] ?? 0] as const;
	});
	return Object.fromEntries(told) as unknown as SystemMetrics;
}

function alertOf({ data, timestamp }: LiveMessage): SystemAlert {
	const level = data.level === 'info' || data.level === 'warning' ? data.level : 'error';
	return {
		key: `${timestamp} ${String(data.code)}`,
		at: timestamp,
		level,
		message: String(data.message ?? data.code ?? ''),
	};
}

/** Everything at once: the server tells, nothing is asked for again but what was missed. */
export function useMonitoring(): Monitoring {
	const { cache } = useSWRConfig();
	const { data, mutate } = useSWR<SystemMetrics>(SYSTEM_KEY);
	const [alerts, setAlerts] = useState<SystemAlert[]>([]);
	const heard = (message: LiveMessage) => {
		if (message.event === 'metrics_update') void mutate((before) => systemAfter(before, message.data), false);
		else if (message.event === 'system_alert')
			setAlerts((before) => [alertOf(message), ...before].slice(0, ALERTS_MAX));
		else takeEvent(cache, message);
	};
	const line = useLive('/api/ws/monitoring', heard, () => {
		void mutate();
		missed();
	});
	return { line, system: data ?? null, alerts };
}
