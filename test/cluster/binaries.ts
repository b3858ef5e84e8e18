/** The programs of the control plane and the node, built once from pinned Go modules. */
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, kubernetesVersion, type Layout, repository } from './layout.ts';
import { run } from './shell.ts';

const [major = '', minor = ''] = kubernetesVersion.split('.');
// Without it the API server calls itself v0.0.0-master.
const versionFlags = [
  `-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`,
  `-X k8s.io/component-base/version.gitMajor=${major}`,
  `-X k8s.io/component-base/version.gitMinor=${minor}`,
].join(' ');

const modules = [
  {
    folder: 'kubernetes',
    programs: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl'],
    packageOf: (program: string): string => `k8s.io/kubernetes/cmd/${program}`,
    flags: `-s -w ${versionFlags}`,
  },
  { folder: 'etcd', programs: ['etcd'], packageOf: (): string => 'go.etcd.io/etcd/server/v3', flags: '-s -w' },
  { folder: 'coredns', programs: ['coredns'], packageOf: (): string => '.', flags: '-s -w' },
] as const;

const source = join(repository, 'test/cluster/go');

async function keyOfSources(): Promise<string> {
  const hash = createHash('sha256').update(kubernetesVersion);
  for (const { folder } of modules)
    for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(source, folder, file)));
  hash.update(await readFile(join(source, 'coredns/main.go')));
  return hash.digest('hex').slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Finds one program: in `KUBEBUILDER_ASSETS` as envtest keeps them, else where they were built. */
export type FindProgram = (name: string) => string;

/**
 * Builds what is not there yet; minutes the first time, nothing later.
 * Throws a CommandError with Go's own words when a build fails.
 */
export async function buildBinaries(
  layout: Layout,
  environment: Environment,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<FindProgram> {
  const folder = join(layout.cache, `binaries-${await keyOfSources()}`);
  await mkdir(folder, { recursive: true });
  for (const module of modules) {
    const missing: string[] = [];
    for (const program of module.programs) if (!(await exists(join(folder, program)))) missing.push(program);
    if (missing.length === 0) continue;
    say(`building ${missing.join(', ')}`);
    const building = join(folder, `.building-${process.pid}`);
    await mkdir(building, { recursive: true });
    // One build for all that share packages; a single package needs the name of its file.
    const output = missing.length === 1 ? join(building, missing[0] ?? '') : `${building}/`;
    await run('go', ['build', '-trimpath', '-ldflags', module.flags, '-o', output, ...missing.map(module.packageOf)], {
      cwd: join(source, module.folder),
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOTOOLCHAIN: 'local' },
      signal,
    });
    // Whole files only, so that a build that was cut off is not taken for one that is done.
    for (const program of missing) await rename(join(building, program), join(folder, program));
    await rm(building, { recursive: true });
  }
  const assets = environment['KUBEBUILDER_ASSETS'];
  const found = new Map<string, string>();
  for (const program of modules.flatMap(({ programs }) => programs)) {
    const given = assets ? join(assets, program) : '';
    found.set(program, given && (await exists(given)) ? given : join(folder, program));
  }
  return (name) => found.get(name) ?? join(folder, name);
}
