import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button';
import { TextInput } from '../../components/form/TextInput';
import { Icon } from '../../components/Icon';
import { Page } from '../../components/Page';
import type { Words } from '../../api/uploads';
import { sizeOf } from '../../i18n/format';
import { EarlierUploads } from './EarlierUploads';
import { Bar, EntryRow } from './EntryRow';
import { filesOfInput } from './files';
import { FromUrl } from './FromUrl';
import { addFiles, clearOver, isOnItsWay, pauseAll, resumeAll, useUploader } from './uploader';

const folderOnly = { webkitdirectory: '' };

/** Files are dropped anywhere in the app (app/use-file-drop.ts); here they can be chosen too. */
function Chooser({ words }: { words: Words }) {
	const { t } = useTranslation();
	const files = useRef<HTMLInputElement>(null);
	const folder = useRef<HTMLInputElement>(null);
	const take = (event: React.ChangeEvent<HTMLInputElement>) => {
		if (event.target.files) addFiles(filesOfInput(event.target.files), words);
		event.target.value = '';
	};
	return (
		<div className="flex flex-col items-center gap-4 rounded-lg border-2 border-dashed border-line-strong px-6 py-10 text-center">
			<Icon name="upload" className="size-10 text-text-2" />
			<p className="text-text-2">{t('upload.drop')}</p>
			<div className="flex flex-wrap justify-center gap-3">
				<Button look="primary" onClick={() => files.current?.click()}>
					{t('upload.chooseFiles')}
				</Button>
				<Button onClick={() => folder.current?.click()}>{t('upload.chooseFolder')}</Button>
			</div>
			<input ref={files} type="file" multiple hidden aria-hidden="true" tabIndex={-1} onChange={take} data-files />
			<input
				ref={folder}
				type="file"
				multiple
				hidden
				aria-hidden="true"
				tabIndex={-1}
				onChange={take}
				{...folderOnly}
			/>
		</div>
	);
}

/** All files as one. */
function Sum() {
	const { t, i18n } = useTranslation();
	const entries = useUploader((state) => state.entries);
	const size = entries.reduce((sum, entry) => sum + entry.size, 0);
	const sent = entries.reduce((sum, entry) => sum + (entry.stage === 'done' ? entry.size : entry.sent), 0);
	const done = entries.filter(({ stage }) => stage === 'done').length;
	const running = entries.some(isOnItsWay);
	const paused = entries.some(({ stage }) => stage === 'paused');
	const over = entries.some(({ stage }) => stage === 'done' || stage === 'failed');
	return (
		<div className="mb-3">
			<div className="mb-2 flex flex-wrap items-center justify-between gap-3">
				<p role="status" className="text-sm text-text-2">
					{t('upload.sum', {
						done,
						count: entries.length,
						sent: sizeOf(sent, i18n.language),
						size: sizeOf(size, i18n.language),
					})}
				</p>
				<span className="flex flex-wrap gap-2">
					{running && <Button onClick={pauseAll}>{t('upload.pauseAll')}</Button>}
					{paused && <Button onClick={resumeAll}>{t('upload.resumeAll')}</Button>}
					{over && (
						<Button look="quiet" onClick={clearOver}>
							{t('upload.clear')}
						</Button>
					)}
				</span>
			</div>
			<Bar label={t('upload.all')} part={size > 0 ? sent / size : 0} />
		</div>
	);
}

/** Closing the window would stop what is on its way. */
function useStay(): void {
	const running = useUploader((state) => state.entries.some(isOnItsWay));
	useEffect(() => {
		if (!running) return;
		const ask = (event: BeforeUnloadEvent) => event.preventDefault();
		addEventListener('beforeunload', ask);
		return () => removeEventListener('beforeunload', ask);
	}, [running]);
}

export default function UploadPage() {
	const { t } = useTranslation();
	const { entries, passedOver } = useUploader();
	const [words, setWords] = useState<Words>({ album: '', artist: '' });
	useStay();
	return (
		<Page title={t('nav.upload')}>
			<h1 className="mb-2 text-2xl font-bold">{t('nav.upload')}</h1>
			<p className="mb-6 max-w-3xl text-text-2">{t('upload.intro')}</p>
			<div className="grid gap-8 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
				<section aria-label={t('upload.files')}>
					<Chooser words={words} />
					<details className="mt-4">
						<summary className="cursor-pointer text-sm font-semibold">{t('upload.words')}</summary>
						<div className="mt-3 grid gap-4 sm:grid-cols-2">
							<TextInput
								label={t('upload.artist')}
								value={words.artist}
								maxLength={200}
								onChange={(artist) => setWords({ ...words, artist })}
							/>
							<TextInput
								label={t('upload.album')}
								value={words.album}
								maxLength={200}
								onChange={(album) => setWords({ ...words, album })}
							/>
						</div>
					</details>
					{passedOver > 0 && (
						<p role="status" className="mt-4 text-sm text-text-2">
							{t('upload.passedOver', { count: passedOver })}
						</p>
					)}
					{entries.length > 0 && (
						<div className="mt-6">
							<Sum />
							<ul aria-label={t('upload.files')} className="divide-y divide-line">
								{entries.map((entry) => (
									<EntryRow key={entry.key} entry={entry} />
								))}
							</ul>
						</div>
					)}
				</section>
				<div className="space-y-8">
					<FromUrl words={words} />
					<EarlierUploads />
				</div>
			</div>
		</Page>
	);
}
