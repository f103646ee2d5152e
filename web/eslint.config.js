import js from '@eslint/js';
import globals from 'globals';
import a11y from 'eslint-plugin-jsx-a11y';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

/* Four fifths of the time go into the rules that follow values through a component as React's compiler does: LINT_DEEP asks
 * for them (tools/lint react). */
const hookRules = process.env.LINT_DEEP
	? hooks.configs.recommended.rules
	: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'warn' };

export default ts.config(
	{ ignores: ['dist', 'node_modules', 'src/api/schema.d.ts'] },
	js.configs.recommended,
	...ts.configs.recommended,
	a11y.flatConfigs.recommended,
	{
		files: ['src/**/*.{ts,tsx}'],
		plugins: { 'react-hooks': hooks },
		languageOptions: { globals: globals.browser },
		rules: {
			...hookRules,
			/* `role` of our own components is a person's role. */
			'jsx-a11y/aria-role': ['error', { ignoreNonDOM: true }],
			/* No compiler is used here, so nothing is skipped because of TanStack Virtual. */
			'react-hooks/incompatible-library': 'off',
			'max-lines': ['error', { max: 280, skipBlankLines: true, skipComments: true }],
			'no-restricted-imports': ['error', { patterns: ['../pages/*', '../../pages/*'] }],
		},
	},
	{
		files: ['src/**/*.tsx'],
		rules: { 'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }] },
	},
	{ files: ['dev/**', '*.config.*'], languageOptions: { globals: globals.node } },
	{ files: ['public/**', 'dev/docs/**'], languageOptions: { globals: globals.browser } },
);
