/** The file systems of the images, put together from the unpacked packages, and packed into layers. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, cp, lstat, mkdir, readlink, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Packages } from './packages.ts';
import { run } from './shell.ts';

const libraries = 'usr/lib/x86_64-linux-gnu';
const loader = 'ld-linux-x86-64.so.2';

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Copies a file under its name and, where it is a link inside its folder, what it points to. */
async function copyWithTarget(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if (await isThere(to)) return;
  if (!(await lstat(from)).isSymbolicLink()) return cp(from, to);
  const target = await readlink(from);
  if (basename(target) !== target) return cp(await realpath(from), to);
  await symlink(target, to);
  await copyWithTarget(join(dirname(from), target), join(dirname(to), target));
}

/** Adds the shared libraries that these programs load, all of them from the packages and none of this machine. */
export async function addLibraries(
  tree: string,
  packages: Packages,
  programs: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const folders = [packages.libc, packages.root].map((root) => join(root, libraries));
  for (const program of programs) {
    const args = ['--library-path', folders.join(':'), '--list', program];
    const listing = await run(join(packages.libc, libraries, loader), args, { signal });
    for (const [, path = ''] of listing.matchAll(/=> (\/\S+)/g)) {
      const from = folders.find((folder) => path.startsWith(`${folder}/`));
      if (!from) throw new Error(`${program} needs ${path}, which no package brings`);
      await copyWithTarget(path, join(tree, libraries, basename(path)));
    }
  }
}

const people = [
  ['root', 0, '/root'],
  ['redis', 999, '/data'],
  ['postgres', 1000, '/home/postgres'],
  ['clickhouse', 101, '/var/lib/clickhouse'],
  ['posthog', 10001, '/code'],
  ['nobody', 65534, '/tmp'],
] as const;

async function writeFileIn(tree: string, path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), content);
  await chmod(join(tree, path), mode);
}

/** Writes files of an image; absolute paths inside it. */
export async function addFiles(tree: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) await writeFileIn(tree, path, content);
}

/** A script that can be run. */
export async function addScript(tree: string, path: string, lines: readonly string[]): Promise<void> {
  await writeFileIn(tree, path, `${lines.join('\n')}\n`, 0o755);
}

/** What every image has: the folders, users, busybox as the usual commands, bash. */
export async function makeBase(tree: string, packages: Packages, signal: AbortSignal): Promise<void> {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(tree, 'usr', folder), { recursive: true });
    await symlink(`usr/${folder}`, join(tree, folder));
  }
  for (const folder of ['tmp', 'var/tmp', 'code', 'data']) {
    await mkdir(join(tree, folder), { recursive: true });
    await chmod(join(tree, folder), 0o1777);
  }
  for (const folder of ['root', 'proc', 'sys', 'dev', 'run', 'home'])
    await mkdir(join(tree, folder), { recursive: true });
  await addFiles(tree, {
    '/etc/passwd': people.map(([name, id, home]) => `${name}:x:${id}:${id}:${name}:${home}:/bin/sh\n`).join(''),
    '/etc/group': people.map(([name, id]) => `${name}:x:${id}:\n`).join(''),
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
  });
  const busybox = join(packages.root, 'usr/bin/busybox');
  await cp(busybox, join(tree, 'usr/bin/busybox'));
  // wget crashes in a static busybox as soon as it resolves a name; busybox itself must stay a file.
  const commands = (await run(busybox, ['--list'], { signal }))
    .split('\n')
    .filter((name) => name && !/^(wget|busybox)$/.test(name));
  for (const command of commands) await symlink('busybox', join(tree, 'usr/bin', command));
  await cp(join(packages.root, 'usr/bin/bash'), join(tree, 'usr/bin/bash'));
  await cp(join(packages.libc, libraries, loader), join(tree, 'usr/lib64', loader));
  await addLibraries(tree, packages, [join(tree, 'usr/bin/bash')], signal);
}

/** Redis, also as its own sentinel. */
export async function makeRedis(tree: string, packages: Packages, signal: AbortSignal): Promise<void> {
  const programs = ['redis-server', 'redis-cli'].map((name) => join(packages.root, 'usr/bin', name));
  for (const program of programs)
    await copyWithTarget(await realpath(program), join(tree, 'usr/bin', basename(program)));
  await addLibraries(tree, packages, programs, signal);
}

const postgresHome = 'usr/lib/postgresql/15';

/** PostgreSQL's server and clients with the extensions of the package, without its just-in-time compiler. */
export async function makePostgres(tree: string, packages: Packages, signal: AbortSignal): Promise<void> {
  const filter = (path: string): boolean => !/llvmjit|\/bitcode/.test(path);
  for (const folder of [postgresHome, 'usr/share/postgresql'])
    await cp(join(packages.root, folder), join(tree, folder), { recursive: true, filter, verbatimSymlinks: true });
  const programs = ['postgres', 'initdb', 'psql', 'pg_isready', 'pg_dump', 'pg_ctl'].map((name) =>
    join(packages.root, postgresHome, 'bin', name),
  );
  await addLibraries(
    tree,
    packages,
    [...programs, join(packages.root, postgresHome, 'lib/libpqwalreceiver.so')],
    signal,
  );
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  for (const program of ['psql', 'pg_isready', 'pg_dump', 'postgres', 'initdb'])
    await symlink(`/${postgresHome}/bin/${program}`, join(tree, 'usr/bin', program));
}

/** Node as /stub/node, which nothing else in the image is called, so that `node` itself can be a stand-in. */
export async function makeNode(tree: string, packages: Packages, node: string, signal: AbortSignal): Promise<void> {
  await mkdir(join(tree, 'stub'), { recursive: true });
  await cp(node, join(tree, 'stub/node'));
  await chmod(join(tree, 'stub/node'), 0o755);
  await addLibraries(tree, packages, [node], signal);
}

export interface Layer {
  readonly file: string;
  /** sha256 of the tar, in hex. */
  readonly digest: string;
  readonly bytes: number;
}

/** Packs a tree, the same bytes for the same tree. */
export async function packLayer(tree: string, file: string, signal: AbortSignal): Promise<Layer> {
  await run(
    'tar',
    ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '-cf', file, '-C', tree, '.'],
    { signal },
  );
  return await layerOf(file);
}

/** A layer that was packed before. */
export async function layerOf(file: string): Promise<Layer> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { file, digest: hash.digest('hex'), bytes: (await stat(file)).size };
}
