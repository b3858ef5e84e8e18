import { defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];

export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    // There is one cluster, and each test has it to itself.
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 900_000,
    hookTimeout: 300_000,
    env: { CI: 'false', FORCE_COLOR: '0', COLUMNS: '80', LINES: '24', TZ: 'UTC', LANG: 'en_US.UTF-8', LC_ALL: '' },
    // A path in VITEST_JSON asks for a report that .ci/run counts.
    reporters: json ? ['default', ['json', { outputFile: json }]] : ['default'],
  },
});
