import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { SWRConfig } from 'swr';
import { ApiError, apiGet } from './api/client';
import { startSession } from './api/session';
import { App } from './app/App';
import './design/base.css';
import { startI18n } from './i18n';
import { startMediaSession } from './player/media-session';
import { startReporting } from './player/report';

const swr = {
	fetcher: (url: string) => apiGet(url),
	revalidateOnFocus: false,
	dedupingInterval: 2000,
	errorRetryCount: 4,
	/* An answer that says "no" stays "no"; only what may pass is asked again. */
	shouldRetryOnError: (error: unknown) => !(error instanceof ApiError) || error.status === 0 || error.status >= 500,
};

/** Opened out of Telegram now, or earlier in this tab. */
function inTelegram(): boolean {
	try {
		return location.hash.includes('tgWebAppData=') || sessionStorage.getItem('ogma.telegram') !== null;
	} catch {
		return false;
	}
}

startSession();
await startI18n();
if (inTelegram()) await (await import('./app/telegram')).startInTelegram();
startMediaSession();
startReporting();
createRoot(document.getElementById('root')!).render(
	<StrictMode>
		<SWRConfig value={swr}>
			<App />
		</SWRConfig>
	</StrictMode>,
);
