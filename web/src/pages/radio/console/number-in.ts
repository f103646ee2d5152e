import i18next from 'i18next';

/** What is wrong with a number that was typed; undefined: nothing. A decimal comma is one too. */
export function numberIn(text: string, min: number, max: number): string | undefined {
	const value = Number(text.trim().replace(',', '.'));
	const fits = text.trim() !== '' && Number.isFinite(value) && value >= min && value <= max;
	return fits ? undefined : i18next.t('console.numberIn', { min, max });
}
