/**
 * The package as its users get it: packed, installed into an empty folder without a network, and run.
 * Ends with an Error that names what is wrong. Needs a build.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packedBytesAllowed } from './packed-size.ts';
import { root } from './paths.ts';

const run = promisify(execFile);

/** What may stand at the top of the package, and what must. */
const top = ['CHANGELOG.md', 'LICENSE', 'README.md', 'README.zh-CN.md', 'bin', 'dist', 'manifests', 'package.json'];

const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-package-'));
try {
  const bytes = await checkPackage(folder);
  process.stdout.write(`The package has ${Math.ceil(bytes / 1000)} kB, installs without a network and runs.\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function checkPackage(workDir: string): Promise<number> {
  const tarball = await pack(workDir);
  const { size } = await stat(tarball);
  if (size > packedBytesAllowed) throw new Error(`the package has ${size} bytes; ${packedBytesAllowed} are allowed`);
  const installed = await install(workDir, tarball);
  await checkFiles(installed);
  await checkRuns(workDir);
  await checkReaching(workDir);
  await checkSandbox(workDir);
  return size;
}

async function pack(workDir: string): Promise<string> {
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', workDir], { cwd: root });
  const name = (await readdir(workDir)).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new Error('npm pack made no tarball');
  return join(workDir, name);
}

/** The folder of the installed package. It is the only one, because the bundle brings what it needs. */
async function install(workDir: string, tarball: string): Promise<string> {
  await writeFile(join(workDir, 'package.json'), '{ "private": true }\n');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: workDir });
  const modules = (await readdir(join(workDir, 'node_modules'))).filter((name) => !name.startsWith('.'));
  expectSame('node_modules after the installation', modules, ['posthog-sealos']);
  return join(workDir, 'node_modules/posthog-sealos');
}

async function checkFiles(installed: string): Promise<void> {
  expectSame('the top of the package', await readdir(installed), top);
  const about = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
  expectSame('runtime dependencies', Object.keys({ ...(about['dependencies'] ?? {}) }), []);
  const dist = await readdir(join(installed, 'dist'), { recursive: true });
  expectSame(
    'dist besides its chunks',
    dist.filter((name) => !name.startsWith('chunks')),
    ['THIRD_PARTY_LICENSES', 'cli.js'],
  );
}

/** The command that npm linked, started as a user would, with nothing of this checkout around it. */
async function checkRuns(workDir: string): Promise<void> {
  const program = join(workDir, 'node_modules/.bin/posthog-sealos');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const answers = {
    '--version': version,
    '--help': 'posthog-sealos',
    'render --host posthog.example.com -n ns-example': 'kind: Instance',
  };
  for (const [line, expected] of Object.entries(answers)) {
    const { stdout } = await run(program, line.split(' '), { cwd: workDir, maxBuffer: 64 * 1024 * 1024 });
    if (!stdout.includes(expected))
      throw new Error(`\`posthog-sealos ${line}\` does not print \`${expected}\` but:\n${stdout.slice(0, 2000)}`);
  }
}

/** What is loaded only for a cluster must load too: a server that is not there is told as such. */
async function checkReaching(workDir: string): Promise<void> {
  const kubeconfig = join(workDir, 'kubeconfig');
  const named = (name: string, inner: object): string => JSON.stringify([{ name: 'nowhere', [name]: inner }]);
  const lines = [
    `clusters: ${named('cluster', { server: 'https://127.0.0.1:9' })}`,
    `users: ${named('user', { token: 'none' })}`,
    `contexts: ${named('context', { cluster: 'nowhere', user: 'nowhere', namespace: 'ns-example' })}`,
    'current-context: nowhere',
  ];
  await writeFile(kubeconfig, `${lines.join('\n')}\n`);
  const status = run(join(workDir, 'node_modules/.bin/posthog-sealos'), ['status', '--kubeconfig', kubeconfig]);
  const { code, stderr, stdout } = await status.then(
    (ended) => ({ ...ended, code: 0 }),
    (error: { code: number; stderr: string; stdout: string }) => error,
  );
  if (code !== 3 || !`${stdout}${stderr}`.includes('ECONNREFUSED')) {
    throw new Error(`\`posthog-sealos status\` without a server ended with ${code}:\n${stdout}${stderr}`);
  }
}

/** A whole install on the sandbox, as somebody does who has nothing but the package. */
async function checkSandbox(workDir: string): Promise<void> {
  const program = join(workDir, 'node_modules/.bin/posthog-sealos');
  const env = { ...process.env, XDG_STATE_HOME: join(workDir, 'state') };
  await run(program, ['sandbox', 'speed', 'max'], { env });
  const { stdout } = await run(program, ['install', '--sandbox', '-o', 'json'], { env, maxBuffer: 64 * 1024 * 1024 });
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
    readonly type: string;
    readonly proven?: boolean;
  };
  if (last.type !== 'done' || !last.proven)
    throw new Error(`\`posthog-sealos install --sandbox\` ended with:\n${stdout.slice(-2000)}`);
}

function expectSame(what: string, found: readonly string[], wanted: readonly string[]): void {
  const sorted = [...found].sort();
  if (sorted.join('\n') !== [...wanted].sort().join('\n'))
    throw new Error(`${what}: ${sorted.join(', ')}; expected: ${wanted.join(', ')}`);
}
