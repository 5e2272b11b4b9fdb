/** @type {import('jest').Config} */
module.exports = {
  // onnxruntime's native code needs the outer realm's Float32Array.
  testEnvironment: '<rootDir>/test/jest-environment.cjs',
  roots: ['<rootDir>'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.signalbox/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
        module: { type: 'commonjs', ignoreDynamic: true },
        sourceMaps: 'inline',
      },
    ],
  },
  testSequencer: '<rootDir>/test/longest-first.cjs',
  testTimeout: 30_000,
};
