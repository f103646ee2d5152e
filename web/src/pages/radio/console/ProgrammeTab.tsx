import { useTranslation } from 'react-i18next';
import { changeChannel, type Channel } from '../../../api/channels';
import { Button } from '../../../components/Button';
import { Problem } from '../../../components/form/Problem';
import { TextInput } from '../../../components/form/TextInput';
import { useForm } from '../../../components/form/use-form';
import { Panel } from '../../../components/Panel';
import { toast } from '../../../components/toast';
import { numberIn } from './number-in';
import { Jingles } from './Jingles';
import { PlaylistSelect } from './PlaylistSelect';

const TRACK_WINDOW = 120;
const ARTIST_WINDOW = 30;
const SIMILAR = 'similar';

/** As the select has it: a playlist's number, or a word. */
function chosen({ auto_dj }: Channel): string {
	if (auto_dj?.similar) return SIMILAR;
	return auto_dj?.playlist_id ? String(auto_dj.playlist_id) : '';
}

function AutoDjForm({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	const form = useForm(
		{
			auto_dj: chosen(channel),
			track_window: String(channel.auto_dj?.track_window_minutes ?? TRACK_WINDOW),
			artist_window: String(channel.auto_dj?.artist_window_minutes ?? ARTIST_WINDOW),
		},
		async (values) => {
			await changeChannel(channel.id, {
				auto_dj: values.auto_dj
					? {
							...(values.auto_dj === SIMILAR ? { similar: true } : { playlist_id: Number(values.auto_dj) }),
							track_window_minutes: Number(values.track_window),
							artist_window_minutes: Number(values.artist_window),
						}
					: null,
			});
			toast(t('action.saved'));
		},
		(values) => ({
			track_window: numberIn(values.track_window, 0, 10_080),
			artist_window: numberIn(values.artist_window, 0, 10_080),
		}),
	);
	return (
		<form {...form.props} className="grid gap-5 md:grid-cols-2">
			<Problem text={form.problem} className="md:col-span-2" />
			<div className="md:col-span-2">
				<PlaylistSelect
					label={t('console.autoDj.from')}
					none={t('console.autoDj.none')}
					more={[{ value: SIMILAR, label: t('console.autoDj.similar') }]}
					{...form.bind('auto_dj')}
				/>
			</div>
			<TextInput
				label={t('console.autoDj.track')}
				inputMode="numeric"
				disabled={!form.values.auto_dj}
				{...form.bind('track_window')}
			/>
			<TextInput
				label={t('console.autoDj.artist')}
				inputMode="numeric"
				disabled={!form.values.auto_dj}
				{...form.bind('artist_window')}
			/>
			<div className="flex justify-end md:col-span-2">
				<Button type="submit" look="primary" disabled={form.busy}>
					{t('action.save')}
				</Button>
			</div>
		</form>
	);
}

/** What plays when nobody puts anything on, and what comes between. */
export function ProgrammeTab({ channel }: { channel: Channel }) {
	const { t } = useTranslation();
	return (
		<div className="max-w-4xl space-y-6">
			<Panel title={t('console.autoDj.title')} hint={t('console.autoDj.hint')}>
				<AutoDjForm channel={channel} />
			</Panel>
			<Jingles channel={channel} />
		</div>
	);
}
