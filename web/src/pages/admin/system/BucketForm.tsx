import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source, SourceCheck } from '../../../api/admin';
import { apiSend } from '../../../api/client';
import { Button } from '../../../components/Button';
import { Actions } from '../../../components/Dialog';
import { Problem } from '../../../components/form/Problem';
import { PasswordInput, TextInput } from '../../../components/form/TextInput';
import { Toggle } from '../../../components/form/Toggle';
import { useForm } from '../../../components/form/use-form';

interface Bucket extends Record<string, unknown> {
	path: string;
	endpoint: string;
	region: string;
	access_key: string;
	secret_key: string;
	path_style: boolean;
}

const CODE = { spellCheck: false, autoComplete: 'off', autoCapitalize: 'none' } as const;

/** What of it the server is told: nothing of a server of its own where there is none, and no secret that is kept. */
function body({ path, endpoint, secret_key: secret, ...rest }: Bucket) {
	const server = endpoint.trim();
	if (server === '') return { path: path.trim(), endpoint: '' };
	return { path: path.trim(), endpoint: server, ...rest, ...(secret === '' ? {} : { secret_key: secret }) };
}

/** A bucket of music: a new one, or the server and the keys of one that is there. */
export function BucketForm({ source, onDone }: { source?: Source; onDone: (made: boolean) => void }) {
	const { t } = useTranslation();
	const server = source?.server;
	const [tried, setTried] = useState<SourceCheck | null>(null);
	const initial: Bucket = {
		path: source?.path ?? 's3://',
		endpoint: server?.endpoint ?? '',
		region: server?.region ?? '',
		access_key: server?.access_key ?? '',
		secret_key: '',
		path_style: server?.path_style ?? true,
	};
	const form = useForm(initial, async (values) => {
		const { path, ...rest } = body(values);
		if (source) await apiSend('PATCH', `/sources/${source.id}`, rest);
		else await apiSend('POST', '/sources', { kind: 's3', path, ...rest });
		onDone(true);
	});
	const own = form.values.endpoint.trim() !== '';
	const attempt = async () => {
		setTried(null);
		try {
			const asked = { ...body(form.values), ...(source ? { id: source.id } : {}) };
			setTried(await apiSend<SourceCheck>('POST', '/sources/check', asked));
		} catch (error) {
			form.fail(error);
		}
	};
	return (
		<form {...form.props}>
			<Problem text={form.problem} />
			<div className="space-y-4">
				<TextInput
					label={t('admin.sources.bucket')}
					hint={t('admin.sources.bucketHint')}
					required
					readOnly={source !== undefined}
					placeholder="s3://music/albums"
					{...CODE}
					{...form.bind('path')}
				/>
				<TextInput
					label={t('admin.sources.endpoint')}
					hint={t('admin.sources.endpointHint')}
					placeholder="https://s3.example.org"
					inputMode="url"
					{...CODE}
					{...form.bind('endpoint')}
				/>
				{own && (
					<>
						<TextInput label={t('admin.sources.region')} placeholder="us-east-1" {...CODE} {...form.bind('region')} />
						<TextInput label={t('admin.sources.accessKey')} required {...CODE} {...form.bind('access_key')} />
						<PasswordInput
							label={t('admin.sources.secretKey')}
							hint={server?.has_secret ? t('admin.sources.secretKept') : undefined}
							required={!server?.has_secret}
							autoComplete="off"
							{...form.bind('secret_key')}
						/>
						<Toggle
							label={t('admin.sources.pathStyle')}
							hint={t('admin.sources.pathStyleHint')}
							checked={form.values.path_style}
							onChange={(path_style) => form.set({ path_style })}
						/>
					</>
				)}
			</div>
			<p role="status" className={`mt-4 text-sm wrap-anywhere ${tried?.ok === false ? 'text-danger' : 'text-text-2'}`}>
				{tried && (tried.ok ? t('admin.sources.bucketFine') : tried.message)}
			</p>
			<Actions>
				<Button look="quiet" onClick={() => onDone(false)}>
					{t('action.cancel')}
				</Button>
				<Button look="quiet" onClick={() => void attempt()}>
					{t('admin.sources.try')}
				</Button>
				<Button look="primary" type="submit" disabled={form.busy}>
					{t(source ? 'action.save' : 'action.add')}
				</Button>
			</Actions>
		</form>
	);
}
