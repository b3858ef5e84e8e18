/** The import laws as the lint rule sees them: probes in a copy of the folders, one forbidden or allowed import each. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../source/build/paths.ts';

type Probe = readonly [file: string, imported: string];

const forbidden: readonly Probe[] = [
  ['source/text/probe.ts', '../errors.ts'],
  ['source/stack/probe.ts', '../cluster/types.ts'],
  ['source/stack/probe.ts', '../install/plan.ts'],
  ['source/stack/probe.ts', '../context.ts'],
  ['source/stack/deep/probe.ts', 'node:fs'],
  ['source/stack/probe.ts', '@kubernetes/client-node'],
  ['source/messages/en/probe.ts', '../../cluster/types.ts'],
  ['source/messages/en/probe.ts', 'node:os'],
  ['source/cluster/probe.ts', '../observe/types.ts'],
  ['source/cluster/probe.ts', '../commands/index.ts'],
  ['source/observe/probe.ts', '../install/plan.ts'],
  ['source/observe/probe.ts', '@kubernetes/client-node/dist/watch.js'],
  ['source/observe/health.ts', 'node:fs'],
  ['source/observe/health.ts', '../context.ts'],
  ['source/observe/cause/probe.ts', 'node:timers'],
  ['source/observe/cause/probe.ts', '../../install/plan.ts'],
  ['source/install/probe.ts', '../commands/install.ts'],
  ['source/install/proof/probe.ts', '@kubernetes/client-node'],
  ['source/doctor/probe.ts', '../console/app.tsx'],
  ['source/commands/probe.ts', '@kubernetes/client-node'],
  ['source/commands/probe.ts', '../build/paths.ts'],
  ['source/probe.ts', '@kubernetes/client-node'],
  ['source/sandbox/probe.ts', '../cluster/types.ts'],
  ['source/console/probe.ts', '../cluster/types.ts'],
  ['source/console/screens/probe.ts', '../../cluster/types.ts'],
  ['source/console/probe.ts', 'node:fs'],
  ['source/console/probe.ts', 'execa'],
  ['source/console/probe.ts', '@kubernetes/client-node'],
];

const allowed: readonly Probe[] = [
  ['source/text/probe.ts', './nearest.ts'],
  ['source/stack/probe.ts', '../text/nearest.ts'],
  ['source/stack/probe.ts', '../messages/index.ts'],
  ['source/stack/probe.ts', '../errors.ts'],
  ['source/cluster/probe.ts', '@kubernetes/client-node'],
  ['source/cluster/probe.ts', '../stack/types.ts'],
  ['source/observe/probe.ts', '../cluster/types.ts'],
  ['source/observe/probe.ts', 'node:timers'],
  ['source/install/probe.ts', '../observe/types.ts'],
  ['source/commands/probe.ts', '../install/plan.ts'],
  ['source/console/probe.ts', '../observe/types.ts'],
  ['source/console/probe.ts', 'ink'],
];

/** A file of its own for each probe, named after what it imports. */
const fileOf = (...[file, imported]: Probe): string =>
  file.replace(/\.ts$/, `-${imported.replace(/[^a-z]+/g, '-')}.ts`);
let folder: string;
let flagged: ReadonlySet<string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'posthog-sealos-laws-'));
  const { vcs: _, ...configuration } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8')) as { vcs: unknown };
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(configuration));
  for (const probe of [...forbidden, ...allowed]) {
    mkdirSync(dirname(join(folder, fileOf(...probe))), { recursive: true });
    writeFileSync(
      join(folder, fileOf(...probe)),
      `import type { Any } from '${probe[1]}';\n\nexport type Probe = Any;\n`,
    );
  }
  flagged = new Set(filesThatBreakTheRule(folder));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the lint rule', () => {
  test.each(forbidden)('refuses that %s imports %s', (...probe) => {
    expect(flagged).toContain(fileOf(...probe));
  });

  test.each(allowed)('lets %s import %s', (...probe) => {
    expect(flagged).not.toContain(fileOf(...probe));
  });
});

/** Paths of files that `noRestrictedImports` names. */
function filesThatBreakTheRule(cwd: string): string[] {
  const biome = join(root, 'node_modules/.bin/biome');
  let output: string;
  try {
    output = execFileSync(
      biome,
      ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.'],
      { cwd, encoding: 'utf8', stdio: 'pipe' },
    );
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const report = JSON.parse(output) as {
    diagnostics: { category: string; location: { path: string | { file: string } } }[];
  };
  return report.diagnostics.map(({ location: { path } }) => (typeof path === 'string' ? path : path.file));
}
