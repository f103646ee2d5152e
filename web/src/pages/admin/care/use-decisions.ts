import { useTranslation } from 'react-i18next';
import { acceptRule, decideMany, decideOne, type CleanupAction, type CleanupRule } from '../../../api/care';
import { confirm } from '../../../components/confirm';
import { useBulkReport } from '../Bulk';
import { attempt } from '../report';

/** What a moderator makes of one suggestion, of some, or of all of a rule. */
export function useDecisions(reload: () => void) {
	const { t } = useTranslation();
	const report = useBulkReport();
	return {
		one: async (id: number, action: CleanupAction) => {
			if (await attempt(() => decideOne(id, action), t(`care.done.${action}`))) reload();
		},
		many: async (ids: number[], action: CleanupAction) => {
			await attempt(async () => report(await decideMany(ids, action)));
			reload();
		},
		all: async (rule: CleanupRule) => {
			const sure = await confirm({
				title: t('care.acceptAllSure', { count: rule.open }),
				text: rule.summary,
				action: t('care.acceptAll'),
			});
			if (sure) await attempt(async () => report(await acceptRule(rule.name)));
			if (sure) reload();
		},
	};
}
