import { useTranslation } from 'react-i18next';
import { GRID } from './grid';

const many = (count: number) => Array.from({ length: count }, (_, at) => at);

export function Loading() {
	const { t } = useTranslation();
	return (
		<span role="status" className="sr-only">
			{t('state.loading')}
		</span>
	);
}

export function SkeletonRows({ count = 8 }: { count?: number }) {
	return (
		<div>
			<Loading />
			{many(count).map((at) => (
				<div key={at} className="flex h-15 items-center gap-3 px-2" aria-hidden="true">
					<span className="shimmer size-11 rounded-xs" />
					<span className="flex-1 space-y-2">
						<span className="shimmer block h-3 w-2/5 rounded-full" />
						<span className="shimmer block h-2.5 w-1/4 rounded-full" />
					</span>
				</div>
			))}
		</div>
	);
}

export function SkeletonCards({
	count = 12,
	round = false,
	row = false,
}: {
	count?: number;
	round?: boolean;
	row?: boolean;
}) {
	return (
		<div className={row ? 'flex gap-gap overflow-hidden' : GRID}>
			<Loading />
			{many(count).map((at) => (
				<div key={at} className={row ? 'w-42 shrink-0' : ''} aria-hidden="true">
					<span className={`shimmer block aspect-square ${round ? 'rounded-full' : 'rounded-md'}`} />
					<span className="shimmer mt-3 block h-3 w-3/4 rounded-full" />
					<span className="shimmer mt-2 block h-2.5 w-1/2 rounded-full" />
				</div>
			))}
		</div>
	);
}

export function SkeletonHero() {
	return (
		<div className="flex flex-col gap-6 sm:flex-row sm:items-end">
			<Loading />
			<span className="shimmer block aspect-square w-48 rounded-md lg:w-60" aria-hidden="true" />
			<span className="flex-1 space-y-4" aria-hidden="true">
				<span className="shimmer block h-10 w-2/3 rounded-full" />
				<span className="shimmer block h-4 w-1/3 rounded-full" />
			</span>
		</div>
	);
}
