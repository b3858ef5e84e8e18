/** The launcher, on the Node that runs the tests and on others as far as it can tell. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/posthog-sealos.js', import.meta.url));
const { version, engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
  engines: { node: string };
};

/** Runs it believing that Node has another version; loading the program is an error, because that needs a build. */
function launch(node: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${node}' } });`;
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [...flags, launcher, ...argv], { env: { PATH: '', ...env } }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

test.each(['--version', '-V'])('%s is the package’s', async (flag) => {
  expect(await launch(process.versions.node, [flag])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each(['18.20.4', '20.19.0', '22.18.0'])('Node %s is too old, and the way out is one line', async (node) => {
  const { code, out, err } = await launch(node, ['install']);
  expect([code, out]).toEqual([2, '']);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).toContain(engines.node.replace('>=', ''));
  expect(err).toContain(`this is ${node}`);
  expect(err).toContain('npx -y -p node@24 -p posthog-sealos posthog-sealos');
});

test.each(['22.19.0', '24.0.0'])('Node %s is new enough', async (node) => {
  expect((await launch(node, ['--version'])).code).toBe(0);
});

test.each([
  [[], { LANG: 'zh_CN.UTF-8' }, true],
  [['install', '--lang', 'zh'], {}, true],
  [['install', '--lang=zh'], { LANG: 'en_US.UTF-8' }, true],
  [['--lang', 'en', 'install'], { LANG: 'zh_CN.UTF-8' }, false],
  [[], { LC_ALL: 'en_US.UTF-8', LANG: 'zh_CN.UTF-8' }, false],
] as const)('%j in %j is told in Chinese: %s', async (argv, env, chinese) => {
  expect((await launch('20.0.0', argv, env)).err.includes('需要 Node')).toBe(chinese);
});
