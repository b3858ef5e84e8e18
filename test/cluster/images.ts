/**
 * The images, made by hand: a docker archive of shared layers, imported under the very names and digests that the manifests ask
 * for. Every image of the stack is one stub with another name in `STUB_IMAGE`; PostgreSQL and Redis hold the real servers.
 */
import { createHash } from 'node:crypto';
import {
  access,
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { build } from 'rolldown';
import { parse } from 'yaml';
import { imageFiles } from '../../source/sandbox/components/image-files.ts';
import { commandPaths } from '../../source/sandbox/components/index.ts';
import { type Layout, ownImages, repository } from './layout.ts';
import { containerdSocket } from './node.ts';
import { type Packages, packageEnvironment } from './packages.ts';
import {
  addFiles,
  addScript,
  type Layer,
  layerOf,
  makeBase,
  makeNode,
  makePostgres,
  makeRedis,
  packLayer,
} from './rootfs.ts';
import { run } from './shell.ts';

/** Raised by whoever changes what the cached layers hold. */
const layersVersion = '1';
const imagesFolder = join(repository, 'test/cluster/images');

/** The references of the stack by their names in the release files, of all releases. */
export async function stackImages(): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = join(repository, 'manifests/releases');
  const images = new Map<string, string[]>();
  for (const file of (await readdir(folder)).sort()) {
    const release = parse(await readFile(join(folder, file), 'utf8')) as { images: Record<string, string> };
    for (const [name, reference] of Object.entries(release.images))
      images.set(name, [...(images.get(name) ?? []), reference]);
  }
  return images;
}

/** The name under which the node keeps a reference with tag and digest: the digest alone counts. */
export function storedName(reference: string): string {
  return reference.replace(/:[^:/@]+@/, '@');
}

type LayerName = 'base' | 'node' | 'postgres' | 'redis';

/** The layers that only change with the packages, packed once. */
async function cachedLayers(
  layout: Layout,
  packages: Packages,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Readonly<Record<LayerName, Layer>>> {
  const node = join(repository, 'node_modules/node/bin/node');
  const { version } = createRequire(import.meta.url)('node/package.json') as { version: string };
  const key = createHash('sha256').update([layersVersion, version, packages.root].join()).digest('hex').slice(0, 16);
  const folder = join(layout.cache, `layers-${key}`);
  const there = await access(folder).then(
    () => true,
    () => false,
  );
  if (!there) {
    say('packing the layers of the images');
    const building = await mkdtemp(join(layout.cache, '.layers-'));
    const tree = async (name: LayerName, fill: (tree: string) => Promise<void>): Promise<void> => {
      const path = join(building, name);
      await mkdir(path);
      await chmod(path, 0o755);
      await fill(path);
      await packLayer(path, `${path}.tar`, signal);
      await rm(path, { recursive: true });
    };
    await tree('base', (path) => makeBase(path, packages, signal));
    await tree('node', (path) => makeNode(path, packages, node, signal));
    await tree('postgres', (path) => makePostgres(path, packages, signal));
    await tree('redis', (path) => makeRedis(path, packages, signal));
    await rename(building, folder);
  }
  const layer = (name: LayerName): Promise<Layer> => layerOf(join(folder, `${name}.tar`));
  return {
    base: await layer('base'),
    node: await layer('node'),
    postgres: await layer('postgres'),
    redis: await layer('redis'),
  };
}

// Seventeen of them share one machine.
const nodeFlags = '--max-old-space-size=64 --max-semi-space-size=2';

async function makeStub(tree: string): Promise<void> {
  const { output } = await build({
    input: join(imagesFolder, 'stub.ts'),
    platform: 'node',
    transform: { target: 'node24' },
    output: { format: 'cjs', minify: true, codeSplitting: false },
    write: false,
    logLevel: 'silent',
  });
  await addFiles(tree, { ...imageFiles, '/stub/stub.js': output[0].code });
  await addScript(tree, '/stub/entry', ['#!/bin/busybox sh', `exec /stub/node ${nodeFlags} /stub/stub.js "$@"`]);
  await addScript(tree, '/stub/command', ['#!/bin/busybox sh', `exec /stub/node ${nodeFlags} /stub/stub.js "$0" "$@"`]);
  for (const command of commandPaths) {
    const path = join(tree, command.startsWith('/') ? command : join('/code', command));
    await mkdir(dirname(path), { recursive: true });
    await symlink('/stub/command', path);
  }
  const code = join(tree, 'code');
  await mkdir(code, { recursive: true });
  await chmod(code, 0o1777);
}

interface Image {
  readonly references: readonly string[];
  readonly layers: readonly Layer[];
  readonly config: Readonly<Record<string, unknown>>;
}

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/15/bin';

async function imagesOf(layers: Readonly<Record<LayerName | 'stub', Layer>>): Promise<Image[]> {
  const { base, node, stub, postgres, redis } = layers;
  const stack = [...(await stackImages())].map(([name, references]): Image => {
    if (name === 'postgres-client')
      return { references, layers: [base, postgres], config: { Env: [path], Cmd: ['sh'] } };
    const config = { Env: [path, `STUB_IMAGE=${name}`], Entrypoint: ['/stub/entry'], WorkingDir: '/code' };
    return { references, layers: [base, node, stub], config };
  });
  return [
    { references: [ownImages.pause], layers: [base], config: { Entrypoint: ['/bin/busybox', 'sleep', '2147483647'] } },
    { references: [ownImages.postgres], layers: [base, postgres], config: { Env: [path], User: '1000', Cmd: ['sh'] } },
    {
      references: [ownImages.redis],
      layers: [base, redis],
      config: { Env: [path], User: '999', WorkingDir: '/data', Cmd: ['sh'] },
    },
    ...stack,
  ];
}

/** Lays out the archive's files; layers are linked, not copied. */
async function writeArchiveFolder(folder: string, images: readonly Image[]): Promise<void> {
  const manifest: object[] = [];
  for (const layer of new Set(images.flatMap(({ layers }) => layers)))
    await link(layer.file, join(folder, `${layer.digest}.tar`));
  for (const image of images) {
    const config = JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: image.config,
      rootfs: { type: 'layers', diff_ids: image.layers.map(({ digest }) => `sha256:${digest}`) },
    });
    const name = `${createHash('sha256').update(config).digest('hex')}.json`;
    await writeFile(join(folder, name), config);
    // One tag for the import; the names with digests follow, because an archive cannot hold them.
    manifest.push({
      Config: name,
      RepoTags: [importedName(image)],
      Layers: image.layers.map(({ digest }) => `${digest}.tar`),
    });
  }
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

const importedName = ({ references: [reference = ''] }: Image): string => importedNameOf(reference);

/** The name that an image has on the node besides the one that pods ask for; it is never removed. */
export function importedNameOf(reference: string): string {
  return reference.includes('@')
    ? `posthog-sealos.test/stack/${basename(storedName(reference)).replace(/@sha256:(.{12}).*/, ':$1')}`
    : reference;
}

type Ctr = (args: readonly string[]) => Promise<string>;

export function ctrOf(layout: Layout, packages: Packages, signal: AbortSignal): Ctr {
  const ctr = join(packages.root, 'usr/bin/ctr');
  return (args) =>
    run(ctr, ['--address', containerdSocket(layout), '--namespace', 'k8s.io', ...args], {
      env: packageEnvironment(packages),
      signal,
    });
}

async function importFolder(folder: string, layout: Layout, packages: Packages, signal: AbortSignal): Promise<void> {
  const ctr = `"$2" --address "$3" --namespace k8s.io images import --snapshotter overlayfs -`;
  const args = [
    '-c',
    `tar -cf - -C "$1" . | ${ctr}`,
    'import',
    folder,
    join(packages.root, 'usr/bin/ctr'),
    containerdSocket(layout),
  ];
  await run('bash', args, { env: packageEnvironment(packages), signal });
}

/** An import that can begin as soon as containerd answers. */
export interface PreparedImages {
  load(signal: AbortSignal): Promise<void>;
}

/** Builds what the node needs; only the stub itself is built each time. */
export async function prepareImages(
  layout: Layout,
  packages: Packages,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<PreparedImages> {
  const cached = await cachedLayers(layout, packages, say, signal);
  // Beside the layers, so that these can be linked.
  const folder = await mkdtemp(join(layout.cache, '.archive-'));
  const tree = join(folder, 'tree');
  await mkdir(tree);
  await chmod(tree, 0o755);
  await makeStub(tree);
  const stub = await packLayer(tree, join(folder, 'stub.tar'), signal);
  const images = await imagesOf({ ...cached, stub });
  const archive = join(folder, 'archive');
  await mkdir(archive);
  await writeArchiveFolder(archive, images);
  return {
    async load(signal: AbortSignal): Promise<void> {
      await importFolder(archive, layout, packages, signal);
      const ctr = ctrOf(layout, packages, signal);
      for (const image of images)
        for (const reference of image.references.filter((reference) => reference.includes('@')))
          await ctr(['images', 'tag', '--force', importedName(image), storedName(reference)]);
      await rm(folder, { recursive: true });
    },
  };
}
