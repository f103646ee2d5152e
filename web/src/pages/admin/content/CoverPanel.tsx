import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { apiSend } from '../../../api/client';
import { Button } from '../../../components/Button';
import { Cover } from '../../../components/Cover';
import { attempt } from '../report';

interface CoverPanelProps {
	kind: 'albums' | 'artists';
	thing: { id: number; cover_url: string | null };
	name: string;
	onSaved: () => void;
}

/** A picture of one's own instead of the one out of the files. */
export function CoverPanel({ kind, thing, name, onSaved }: CoverPanelProps) {
	const { t } = useTranslation();
	const input = useRef<HTMLInputElement>(null);
	const [url, setUrl] = useState(thing.cover_url);
	const path = `/${kind}/${thing.id}/cover`;
	const change = async (work: () => Promise<{ cover_url: string | null }>) => {
		const done = await attempt(async () => setUrl((await work()).cover_url), t('action.saved'));
		if (done) onSaved();
	};
	return (
		<section aria-label={t('admin.edit.cover')} className="mt-6 flex items-center gap-5 border-t border-line pt-5">
			<Cover url={url} name={name} sizes="96px" round={kind === 'artists'} className="w-24" />
			<div className="flex flex-wrap gap-2.5">
				<input
					ref={input}
					type="file"
					accept="image/jpeg,image/png,image/webp,image/gif"
					aria-label={t('admin.edit.cover')}
					className="sr-only"
					tabIndex={-1}
					onChange={(event) => {
						const file = event.target.files?.[0];
						if (file) void change(() => apiSend('PUT', path, file));
						event.target.value = '';
					}}
				/>
				<Button icon="image" onClick={() => input.current?.click()}>
					{t('admin.edit.chooseCover')}
				</Button>
				<Button look="quiet" onClick={() => void change(() => apiSend('DELETE', path))}>
					{t('admin.edit.filesCover')}
				</Button>
			</div>
		</section>
	);
}
