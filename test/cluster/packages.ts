/**
 * Debian packages, unpacked into the cache and not installed: no service starts, nothing of the machine changes.
 * Two trees: `root` has what programs of this machine may use; `libc` only makes it complete for images.
 */
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from './layout.ts';
import { CommandError, run } from './shell.ts';

const wanted = [
  'containerd',
  'runc',
  'containernetworking-plugins',
  'nftables',
  'iproute2',
  'openssl',
  'busybox-static',
  'bash',
  'postgresql-15',
  'redis-server',
  'libstdc++6',
];

/** Dependencies that nothing of ours loads: just-in-time compilation, scripts of the packages, texts. */
const unneeded =
  /^(libllvm|libz3|perl|libperl|locales|libc-l10n|libc-bin|tzdata|debconf|dpkg|adduser|passwd|ucf|tar$|lib(json|file-find).*-perl)/;
/** Mixing another C library into programs of this machine would break them. */
const cLibrary = /^libc6$/;

export interface Packages {
  readonly root: string;
  readonly libc: string;
}

async function closure(folder: string, signal: AbortSignal): Promise<string[]> {
  // A file of our own, never a device of the machine's: whoever runs this as root would let apt replace it.
  const nothing = join(folder, 'status');
  await writeFile(nothing, '');
  const output = await run(
    'apt-get',
    [
      ...['install', '--print-uris', '-y', '-qq', '--no-install-recommends'],
      // Nothing counts as installed or as downloaded: the images need everything.
      ...['-o', `Dir::State::status=${nothing}`, '-o', `Dir::Cache::archives=${folder}`],
      ...wanted,
    ],
    { signal },
  );
  const names = [...output.matchAll(/^'[^']*' ([^_ ]+)_/gm)].map(([, name = '']) => name);
  return names.filter((name) => !unneeded.test(name)).sort();
}

async function download(folder: string, names: readonly string[], signal: AbortSignal): Promise<void> {
  // _apt may not enter root's folders; without a sandbox it need not.
  await run('apt-get', ['download', '-qq', '-o', 'APT::Sandbox::User=root', ...names], { cwd: folder, signal });
}

async function closureAndDownload(folder: string, signal: AbortSignal): Promise<void> {
  try {
    await download(folder, await closure(folder, signal), signal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    // A machine whose package lists are missing or older than the archive.
    await run('apt-get', ['update', '-qq'], { signal });
    await download(folder, await closure(folder, signal), signal);
  }
}

async function unpack(archive: string, tree: string, signal: AbortSignal): Promise<void> {
  await run(
    'sh',
    ['-c', 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"', 'unpack', archive, tree],
    { signal },
  );
}

/** One /usr, as in Debian itself: the packages of bookworm still hold paths of both kinds. */
async function makeTree(tree: string): Promise<void> {
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) {
    await mkdir(join(tree, 'usr', folder), { recursive: true });
    await symlink(`usr/${folder}`, join(tree, folder));
  }
}

/** Downloads and unpacks the packages, once. Throws a CommandError with apt's words. */
export async function unpackPackages(
  layout: Layout,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Packages> {
  const key = createHash('sha256').update(wanted.join()).update(String(unneeded)).digest('hex').slice(0, 16);
  const folder = join(layout.cache, `debian-${key}`);
  const packages = { root: join(folder, 'root'), libc: join(folder, 'libc') };
  const there = await access(folder).then(
    () => true,
    () => false,
  );
  if (there) return packages;
  say('downloading Debian packages');
  await mkdir(layout.cache, { recursive: true });
  const building = await mkdtemp(join(layout.cache, '.debian-'));
  const archives = join(building, 'archives');
  await mkdir(archives);
  await closureAndDownload(archives, signal);
  for (const tree of ['root', 'libc']) await makeTree(join(building, tree));
  for (const archive of (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort()) {
    const name = archive.slice(0, archive.indexOf('_'));
    await unpack(join(archives, archive), join(building, cLibrary.test(name) ? 'libc' : 'root'), signal);
  }
  await rm(archives, { recursive: true });
  await rename(building, folder);
  return packages;
}

/** What a process needs so that programs and libraries of the packages are found, those of the machine first. */
export function packageEnvironment(packages: Packages): Readonly<Record<string, string>> {
  const inRoot = (...folders: readonly string[]): string =>
    folders.map((folder) => join(packages.root, folder)).join(':');
  return {
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${inRoot('usr/sbin', 'usr/bin')}`,
    LD_LIBRARY_PATH: inRoot('usr/lib/x86_64-linux-gnu'),
  };
}
