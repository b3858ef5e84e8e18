import { configDefaults, defineConfig } from 'vitest/config';

const json = process.env['VITEST_JSON'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They need a cluster and have a configuration of their own.
    exclude: [...configDefaults.exclude, 'test/cluster/**', 'test/contract/**'],
    globalSetup: 'test/build/global-setup.ts',
    // A test must see the same surroundings on every machine: terminal, language, time zone, no CI.
    env: { CI: 'false', FORCE_COLOR: '0', COLUMNS: '80', LINES: '24', TZ: 'UTC', LANG: 'en_US.UTF-8', LC_ALL: '' },
    // A path in VITEST_JSON asks for a report that .ci/run counts.
    reporters: json ? ['default', ['json', { outputFile: json }]] : ['default'],
  },
});
