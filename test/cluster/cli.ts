/** `npm run cluster -- COMMAND`: the real cluster of the tests. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connectApi } from './api.ts';
import { buildBinaries } from './binaries.ts';
import { takeDown } from './down.ts';
import { prepareImages } from './images.ts';
import { commandInside, environmentInside, isInside, runInForeground } from './inside.ts';
import {
  domain,
  type KubeblocksVersion,
  kubeblocksVersions,
  layoutOf,
  network,
  repository,
  userNamespace,
} from './layout.ts';
import { withLock } from './lock.ts';
import { unpackPackages } from './packages.ts';
import { missingPrerequisites } from './prerequisites.ts';
import { daemonNames, pidOf } from './processes.ts';
import { issueToken, renewNamespace } from './sealos-namespace.ts';
import { bringUp, prepareMachine, restartApiServer } from './up.ts';

const usage = `npm run cluster -- COMMAND
  up [--kubeblocks ${kubeblocksVersions.join('|')}]   bring the cluster up, from nothing or from what a crash left
  exec -- CMD...                  run CMD inside its network: KUBECONFIG, DNS, NODE_EXTRA_CA_CERTS, kubectl
  kubeconfig [--admin]            print the path of the user's (or the administrator's) kubeconfig; it works inside
  kubectl                         print the path of the kubectl that is built for it
  status                          what runs
  images                          build the stub again and load it into the running node
  reset-namespace                 delete the user's namespace and make it again
  restart-apiserver               end the API server and start it again
  down                            end and remove everything but the cache
  test [--existing] [ARGS...]     the cluster tests with vitest; brings the cluster up and down unless it is up`;

const layout = layoutOf(process.env);
const ending = new AbortController();
const { signal } = ending;
const say = (line: string): void => console.error(line);
let received: NodeJS.Signals | undefined;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    received ??= name;
    ending.abort(new Error(`ended by ${name}`));
  });

class Usage extends Error {}

async function isUp(): Promise<boolean> {
  const completed = await access(layout.completed).then(
    () => true,
    () => false,
  );
  return (
    completed &&
    (await pidOf(layout, 'kube-apiserver')) !== undefined &&
    (await pidOf(layout, 'operators')) !== undefined
  );
}

async function assertUp(): Promise<void> {
  if (!(await isUp())) throw new Error('the cluster is not up: npm run cluster -- up');
}

/** Runs this program again inside the cluster's network, where the API server is. */
async function again(args: readonly string[]): Promise<number> {
  const command = [`--net=${network.namespacePath}`, '--', process.execPath, fileURLToPath(import.meta.url), ...args];
  return await runInForeground('nsenter', command, {}, signal);
}

function kubeblocksOf(value: string): KubeblocksVersion {
  const version = kubeblocksVersions.find((each) => each === value);
  if (!version) throw new Usage(`--kubeblocks knows ${kubeblocksVersions.join(' and ')}`);
  return version;
}

async function up(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { kubeblocks: { type: 'string', default: '0.8.2' } } });
  const kubeblocks = kubeblocksOf(values.kubeblocks);
  const missing = await missingPrerequisites(process.env);
  if (missing.length) throw new Error(`no cluster can be brought up here: ${missing.join('; ')}`);
  const options = { layout, environment: process.env, kubeblocks, say, signal };
  if (await isInside()) {
    await bringUp(options);
    return 0;
  }
  return await withLock(`${layout.work}.lock`, signal, async () => {
    const before = await readFile(layout.kubeblocksVersion, 'utf8').catch(() => '');
    if ((await isUp()) && before === kubeblocks) {
      say('the cluster is up');
      return 0;
    }
    const start = performance.now();
    await takeDown(layout, say, signal);
    try {
      await prepareMachine(options);
      const code = await again(['up', '--kubeblocks', kubeblocks]);
      if (code !== 0) throw new Error('the cluster did not come up');
    } catch (error) {
      if (!process.env['CLUSTER_KEEP']) await takeDown(layout, say, new AbortController().signal);
      throw error;
    }
    say(
      `the cluster is up after ${((performance.now() - start) / 1000).toFixed(1)} s: KubeBlocks ${kubeblocks}, domain ${domain}, namespace ${userNamespace}`,
    );
    return 0;
  });
}

async function down(): Promise<number> {
  if (await isInside()) throw new Error('down ends all processes inside: run it outside of exec');
  await withLock(`${layout.work}.lock`, signal, () => takeDown(layout, say, signal));
  return 0;
}

async function exec(args: readonly string[]): Promise<number> {
  const command = args[0] === '--' ? args.slice(1) : args;
  if (command.length === 0) throw new Usage('exec needs a command');
  await assertUp();
  const find = await buildBinaries(layout, process.env, say, signal);
  const [program, inside] = commandInside(layout, command);
  return await runInForeground(program, inside, environmentInside(layout, find), signal);
}

async function status(): Promise<number> {
  const names = await daemonNames(layout);
  for (const name of names) console.log(`${name}\t${(await pidOf(layout, name)) ?? 'has ended'}`);
  console.log((await isUp()) ? `up, KubeBlocks ${await readFile(layout.kubeblocksVersion, 'utf8')}` : 'down');
  return (await isUp()) ? 0 : 1;
}

/** Commands that talk to the API server. */
async function inside(command: string, work: () => Promise<void>): Promise<number> {
  await assertUp();
  if (!(await isInside())) return await again([command]);
  await work();
  return 0;
}

async function resetNamespace(): Promise<void> {
  const api = await connectApi(layout);
  await renewNamespace(api, signal);
  await issueToken(api, layout, signal);
  await api.close();
}

async function loadImages(): Promise<void> {
  const images = await prepareImages(layout, await unpackPackages(layout, say, signal), say, signal);
  await images.load(signal);
}

async function runTests(args: readonly string[], existing: boolean): Promise<number> {
  // Not by npx, which does not pass signals on.
  const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
  const command = [vitest, 'run', '--config', 'test/cluster/vitest.config.ts', ...args];
  process.chdir(repository);
  if (existing) return await runInForeground(process.execPath, command, { CLUSTER_EXISTING: '1' }, signal);
  return await exec([process.execPath, ...command]);
}

async function test(args: readonly string[]): Promise<number> {
  if (args.includes('--existing')) {
    if (!process.env['KUBECONFIG']) throw new Usage('test --existing needs KUBECONFIG');
    return await runTests(
      args.filter((arg) => arg !== '--existing'),
      true,
    );
  }
  const missing = await missingPrerequisites(process.env);
  if (missing.length) {
    console.log(`the cluster tests are skipped: ${missing.join('; ')}`);
    return process.env['CI'] && process.env['CI'] !== 'false' ? 1 : 0;
  }
  if (await isUp()) return await runTests(args, false);
  try {
    await up([]);
    return await runTests(args, false);
  } finally {
    // Even after a signal: nothing may stay.
    await withLock(`${layout.work}.lock`, new AbortController().signal, () =>
      takeDown(layout, say, new AbortController().signal),
    );
  }
}

async function main([command = '', ...args]: readonly string[]): Promise<number> {
  switch (command) {
    case 'up':
      return await up(args);
    case 'down':
      return await down();
    case 'exec':
      return await exec(args);
    case 'kubeconfig':
      await assertUp();
      console.log(args.includes('--admin') ? layout.adminKubeconfig : layout.userKubeconfig);
      return 0;
    case 'kubectl':
      console.log((await buildBinaries(layout, process.env, say, signal))('kubectl'));
      return 0;
    case 'status':
      return await status();
    case 'images':
      return await inside(command, loadImages);
    case 'reset-namespace':
      return await inside(command, resetNamespace);
    case 'restart-apiserver':
      return await inside(command, () => restartApiServer(layout, process.env, signal));
    case 'test':
      return await test(args);
    default:
      throw new Usage(command ? `unknown command ${command}` : 'a command is missing');
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  if (error instanceof Usage) console.error(usage);
  process.exitCode = received === 'SIGINT' ? 130 : received ? 143 : error instanceof Usage ? 2 : 1;
}
