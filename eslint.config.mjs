import tseslint from 'typescript-eslint';

const rules = {
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 60, skipComments: true }],
  complexity: ['error', 10],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.signalbox/**',
      '**/generated/**',
      'coverage/**',
      '**/*.cjs',
      '**/*.mjs',
      'connectors/salesforce/package/**',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules,
  },
  {
    // A normaliser is a pure function: no clock, no randomness (contract clause C11).
    files: ['connectors/*/normalise.ts', 'connectors/*/normalise/**/*.ts', 'canonical-schema/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'Date', message: 'a normaliser has no clock: use canonical-schema/time.ts' },
      ],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random' }],
    },
  },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
);
