import { useTranslation } from 'react-i18next';
import { acceptRule, decideMany, decideOne, type CleanupAction, type CleanupRule } from '../../../api/care';
import { confirm } from '../../../components/confirm';
import type { Bulk } from '../use-bulk';
import { attempt } from '../report';

/** What a moderator makes of one suggestion, of some, or of all of a rule. */
export function useDecisions({ together, reload }: Pick<Bulk<number>, 'together' | 'reload'>) {
	const { t } = useTranslation();
	return {
		one: async (id: number, action: CleanupAction) => {
			if (await attempt(() => decideOne(id, action), t(`care.done.${action}`))) reload();
		},
		many: (ids: number[], action: CleanupAction) => together(() => decideMany(ids, action)),
		all: async (rule: CleanupRule) => {
			const sure = await confirm({
				title: t('care.acceptAllSure', { count: rule.open }),
				text: rule.summary,
				action: t('care.acceptAll'),
			});
			if (sure) await together(() => acceptRule(rule.name));
		},
	};
}
