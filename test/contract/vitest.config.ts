import { defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];

export default defineConfig({
  test: {
    include: ['test/contract/**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A path in VITEST_JSON asks for a report that .ci/run counts.
    reporters: json ? ['default', ['json', { outputFile: json }]] : ['default'],
  },
});
