import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];

// They need a cluster and have a configuration of their own.
const elsewhere = [...configDefaults.exclude, 'test/cluster/**', 'test/contract/**'];
/** They start programs and wait for them, or change what other tests of their process would see: each has a process of its own. */
const alone = [
  'test/**/*-journey.test.ts',
  'test/sandbox/journeys/*.test.ts',
  'test/console/pipes.test.ts',
  'test/logs/exact.test.ts',
  'test/logs/moment.test.ts',
  'test/cluster-api/in-cluster.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: 'test/build/global-setup.ts',
    // A test must see the same surroundings on every machine: terminal, language, time zone, no CI.
    env: { CI: 'false', FORCE_COLOR: '0', COLUMNS: '80', LINES: '24', TZ: 'UTC', LANG: 'en_US.UTF-8', LC_ALL: '' },
    // A test that hangs is ended; how fast it is says nothing where others use the processors, too.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    // More than there are processors on a small machine, because some wait for their programs most of the time.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      // First, because they take longest.
      { extends: true, test: { name: 'alone', include: alone, exclude: elsewhere } },
      {
        extends: true,
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: [...elsewhere, ...alone], isolate: false },
      },
    ],
    // A path in VITEST_JSON asks for a report that .ci/run counts.
    reporters: json ? ['default', ['json', { outputFile: json }]] : ['default'],
  },
});
