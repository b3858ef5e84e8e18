import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadKubeconfig } from '../../../source/cluster/kubeconfig.ts';
import { sandboxHome } from '../../../source/sandbox/home/home.ts';
import { workspace, writeKubeconfig } from '../../../source/sandbox/home/kubeconfig.ts';
import { createState, readState } from '../../../source/sandbox/home/state.ts';

let home: string;
beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), 'posthog-sealos-state-')), 'sandbox');
});
afterEach(() => rm(join(home, '..'), { recursive: true, force: true }));

const state = {
  port: 20_001,
  publicPort: 20_002,
  seed: 7,
  scenario: 'fresh',
  token: 'user-token',
  adminToken: 'admin-token',
  authority: { ca: 'CA', cert: 'CERT', key: 'KEY' },
};
const file = () => join(home, 'sandbox.json');

describe('the state', () => {
  test('is kept once, readable by its owner only; who comes second is told', async () => {
    expect(await readState(home)).toBeUndefined();
    expect(await createState(home, state)).toMatchObject(state);
    expect(await createState(home, { ...state, seed: 8 })).toBeUndefined();
    expect(await readState(home)).toMatchObject(state);
    expect((await stat(file())).mode & 0o077).toBe(0);
    // Nothing is left of what was written beside it.
    expect(await readdir(home)).toEqual(['sandbox.json']);
  });

  test.each([
    ['damaged', '{"version":1,"po', 'cannot be read'],
    ['of something else', '[]', 'cannot be read'],
    ['without a port that there is', JSON.stringify({ version: 1, ...state, port: 99_999 }), 'cannot be read'],
    ['with half a port', JSON.stringify({ version: 1, ...state, publicPort: 1.5 }), 'cannot be read'],
    ['of a newer program', '{"version":2,"port":1}', 'newer posthog-sealos'],
  ])('that is %s is refused and left as it is', async (_, content, words) => {
    await createState(home, state);
    await writeFile(file(), content);
    await expect(readState(home)).rejects.toMatchObject({
      code: 'sandbox-state',
      exit: 3,
      message: expect.stringContaining(words),
    });
    expect(await readFile(file(), 'utf8')).toBe(content);
  });

  test('that cannot be written is told with its folder', async () => {
    await writeFile(join(home, '..', 'file'), '');
    const nowhere = join(home, '..', 'file', 'sandbox');
    await expect(createState(nowhere, state)).rejects.toMatchObject({
      code: 'sandbox-home',
      message: expect.stringContaining(nowhere),
    });
    // Makes no folders, and says that a parent is not there, which it is.
    await expect(createState('/proc/posthog-sealos', state)).rejects.toMatchObject({ code: 'sandbox-home' });
  });
});

test('the kubeconfig is one that the program itself understands', async () => {
  const created = await createState(home, state);
  if (!created) throw new Error('there was one');
  const path = await writeKubeconfig(home, created);
  expect(await loadKubeconfig({ env: {}, path })).toMatchObject({
    server: new URL('https://127.0.0.1:20001'),
    namespace: workspace.namespace,
    token: 'user-token',
    ca: Buffer.from('CA'),
  });
  expect((await stat(path)).mode & 0o077).toBe(0);
});

test.each([
  [{ XDG_STATE_HOME: '/s', HOME: '/h' }, 'linux', '/s/posthog-sealos/sandbox'],
  [{ XDG_STATE_HOME: 'relative', HOME: '/h' }, 'linux', '/h/.local/state/posthog-sealos/sandbox'],
  [{ HOME: '/h' }, 'darwin', '/h/Library/Application Support/posthog-sealos/sandbox'],
  [{ LOCALAPPDATA: '/l' }, 'win32', '/l/posthog-sealos/sandbox'],
  [{}, 'linux', undefined],
] as const)('%j on %s: %s', (env, platform, path) => {
  expect(sandboxHome(env, platform)).toBe(path);
});
