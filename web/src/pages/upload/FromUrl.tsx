import { useTranslation } from 'react-i18next';
import { uploadFromUrl, useMyUploads, type Words } from '../../api/uploads';
import { Button } from '../../components/Button';
import { Problem } from '../../components/form/Problem';
import { TextInput } from '../../components/form/TextInput';
import { useForm } from '../../components/form/use-form';
import { toast } from '../../components/toast';

export function FromUrl({ words }: { words: Words }) {
	const { t } = useTranslation();
	const { mutate } = useMyUploads();
	const form = useForm({ url: '' }, async ({ url }, set) => {
		await uploadFromUrl(url.trim(), words);
		set({ url: '' });
		toast(t('upload.fetching'));
		await mutate();
	});
	return (
		<section aria-label={t('upload.fromUrl')}>
			<h2 className="mb-3 text-lg">{t('upload.fromUrl')}</h2>
			<form {...form.props}>
				<Problem text={form.problem} className="mb-3" />
				<TextInput
					label={t('upload.url')}
					type="url"
					placeholder="https://"
					maxLength={2000}
					hint={t('upload.urlHint')}
					{...form.bind('url')}
				/>
				<Button type="submit" className="mt-3" disabled={form.busy || form.values.url.trim() === ''}>
					{t('upload.fetch')}
				</Button>
			</form>
		</section>
	);
}
