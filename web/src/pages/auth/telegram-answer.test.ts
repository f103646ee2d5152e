import { describe, expect, it } from 'vitest';
import { widgetAnswer } from './telegram-answer';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe("Telegram's answer behind the #", () => {
	it('is the object it sent, with letters of any language', () => {
		const answer = { id: 42, first_name: 'Зоя ♪', auth_date: 1700000000, hash: 'ab' };
		expect(widgetAnswer(`#tgAuthResult=${encode(answer)}`)).toEqual(answer);
	});
	it.each(['', '#', '#other=1', '#tgAuthResult=%%%', `#tgAuthResult=${encode(false)}`, '#tgAuthResult=AAAA'])(
		'is nothing in %s',
		(hash) => expect(widgetAnswer(hash)).toBeNull(),
	);
});
