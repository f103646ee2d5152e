import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { importPlaylist, type Imported } from '../../api/playlists';
import { Button } from '../../components/Button';
import { Actions, Dialog } from '../../components/Dialog';
import { Problem } from '../../components/form/Problem';
import { TextInput } from '../../components/form/TextInput';
import { faultsOf } from '../../components/form/use-form';
import { Icon } from '../../components/Icon';

const TYPES = '.m3u,.m3u8,.xspf,.json';

function PickFile({ busy, onFile }: { busy: boolean; onFile: (file: File) => void }) {
	const { t } = useTranslation();
	const id = useId();
	const [over, setOver] = useState(false);
	return (
		<label
			htmlFor={id}
			onDragOver={(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(event) => {
				event.preventDefault();
				setOver(false);
				const file = event.dataTransfer.files[0];
				if (file) onFile(file);
			}}
			className={`flex cursor-pointer flex-col items-center gap-3 rounded-md border-2 border-dashed p-8 text-center transition-colors has-focus-visible:border-accent ${over ? 'border-accent bg-accent-soft' : 'border-line-strong hover:bg-surface-2'} ${busy ? 'opacity-60' : ''}`}
		>
			<Icon name="upload" className="size-8 text-text-3" />
			<span className="font-semibold">{t('playlist.pickFile')}</span>
			<span className="text-sm text-text-2">{t('playlist.fileKinds')}</span>
			<input
				id={id}
				type="file"
				accept={TYPES}
				disabled={busy}
				className="sr-only"
				onChange={(event) => {
					const file = event.target.files?.[0];
					if (file) onFile(file);
				}}
			/>
		</label>
	);
}

/** What was found in the library, and every line that was not. */
function Report({ report }: { report: Imported }) {
	const { t } = useTranslation();
	const how = (['path', 'tags', 'audio', 'fingerprint', 'id'] as const).filter((kind) => report.by[kind] > 0);
	return (
		<div>
			<p className="text-lg font-semibold">{t('playlist.matched', { matched: report.matched, count: report.total })}</p>
			{how.length > 0 && (
				<p className="text-sm text-text-2">
					{how.map((kind) => t(`playlist.by.${kind}`, { count: report.by[kind] })).join(' · ')}
				</p>
			)}
			{report.encoding && report.encoding !== 'utf-8' && (
				<p className="text-sm text-text-2">{t('playlist.encoding', { name: report.encoding })}</p>
			)}
			{report.unmatched_count > 0 && (
				<details className="mt-4" open={report.unmatched.length <= 8}>
					<summary className="cursor-pointer font-semibold">
						{t('playlist.unmatched', { count: report.unmatched_count })}
					</summary>
					<ol className="mt-2 max-h-[36dvh] space-y-1.5 overflow-y-auto rounded-sm bg-bg p-3 text-sm">
						{report.unmatched.map((entry) => (
							<li key={entry.index} className="flex gap-2.5">
								<span className="tabular text-text-3">{entry.index + 1}</span>
								<span className="min-w-0 wrap-anywhere">
									{entry.title ? [entry.artist, entry.title].filter(Boolean).join(' — ') : entry.path}
								</span>
							</li>
						))}
					</ol>
				</details>
			)}
		</div>
	);
}

function Steps({ onClose }: { onClose: () => void }) {
	const { t } = useTranslation();
	const navigate = useNavigate();
	const [file, setFile] = useState<File | null>(null);
	const [report, setReport] = useState<Imported | null>(null);
	const [title, setTitle] = useState('');
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState('');

	/** Looks first, so that a list that does not match makes no playlist. */
	const run = async (chosen: File, dry_run: boolean) => {
		setBusy(true);
		setProblem('');
		try {
			const answer = await importPlaylist(chosen, { dry_run, title: dry_run ? null : title.trim() });
			if (answer.playlist) {
				onClose();
				navigate(`/playlists/${answer.playlist.id}`);
				return;
			}
			setFile(chosen);
			setReport(answer);
			setTitle(answer.title || chosen.name.replace(/\.\w+$/, ''));
		} catch (error) {
			setProblem(faultsOf(error, {}).rest);
		} finally {
			setBusy(false);
		}
	};

	return (
		<div className="space-y-4">
			<Problem text={problem} />
			{report && file ? (
				<>
					<Report report={report} />
					<TextInput label={t('playlist.title')} maxLength={200} value={title} onChange={setTitle} />
					<Actions>
						<Button look="quiet" onClick={() => setReport(null)}>
							{t('playlist.otherFile')}
						</Button>
						<Button
							look="primary"
							disabled={busy || report.matched === 0 || !title.trim()}
							onClick={() => void run(file, false)}
						>
							{t('playlist.importCount', { count: report.matched })}
						</Button>
					</Actions>
				</>
			) : (
				<PickFile busy={busy} onFile={(chosen) => void run(chosen, true)} />
			)}
		</div>
	);
}

export function ImportDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
	const { t } = useTranslation();
	return (
		<Dialog open={open} title={t('playlist.import')} onClose={onClose}>
			<Steps onClose={onClose} />
		</Dialog>
	);
}
