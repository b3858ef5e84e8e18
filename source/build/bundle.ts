/** How TypeScript becomes the JavaScript that users run: the one configuration of the bundler. */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type OutputChunk, rolldown } from 'rolldown';
import { eagerBuiltins } from './eager-builtins.ts';
import { fileNaming } from './files.ts';
import { lazyPackages } from './lazy-packages.ts';
import { root } from './paths.ts';
import { slimPackages } from './slim-packages.ts';
import { terminalPackages } from './terminal-packages.ts';

export interface Bundle {
  readonly files: readonly { readonly path: string; readonly contents: Uint8Array }[];
  readonly chunks: readonly Chunk[];
}

export interface Chunk {
  /** Below `dist`, as its file's. */
  readonly path: string;
  /** Of the chunks that are loaded with it. */
  readonly imports: readonly string[];
  /** What has code in it, by path from the root. */
  readonly modules: readonly string[];
}

/** The program: `cli.js` and the chunks that it loads when a command needs them. */
export const bundleProgram = (): Promise<Bundle> => bundle({ cli: 'source/cli.ts' });

/** Entry points by the name of their output, with what they share in chunks. */
export async function bundle(entryPoints: Readonly<Record<string, string>>): Promise<Bundle> {
  const program = await rolldown({
    cwd: root,
    input: { ...entryPoints },
    platform: 'node',
    plugins: [eagerBuiltins, lazyPackages, slimPackages, terminalPackages],
    transform: { target: 'node22', define: { 'process.env.NODE_ENV': '"production"' } },
    // Chunks that are put together have more names than what they are entered by.
    preserveEntrySignatures: 'allow-extension',
    // What one command loads late, another may load at once.
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
  });
  try {
    const { output } = await program.generate({
      format: 'esm',
      minify: true,
      // Licences have a file of their own (licences.ts).
      comments: false,
      chunkFileNames: 'chunks/[name]-[hash].js',
      codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: fileNaming(), debugName: 'files' }] },
    });
    const chunks = output.filter((each) => each.type === 'chunk');
    return {
      files: chunks.map(({ fileName, code }) => ({ path: fileName, contents: Buffer.from(code) })),
      chunks: chunks.map(chunkOf),
    };
  } finally {
    await program.close();
  }
}

function chunkOf({ fileName, imports, modules }: OutputChunk): Chunk {
  // Those that are made here stand in for others.
  const isUsed = (id: string) => !id.startsWith('\0') && (modules[id]?.renderedLength ?? 0) > 0;
  return {
    path: fileName,
    imports,
    modules: Object.keys(modules)
      .filter(isUsed)
      .map((id) => relative(root, id)),
  };
}

/** Puts the files into `folder` and takes away what an earlier build left there, so that a program that runs meanwhile never sees half a file. */
export async function writeFolder(
  folder: string,
  files: Bundle['files'],
  keep: ReadonlySet<string> = new Set(),
): Promise<void> {
  for (const { path, contents } of files) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    const draft = `${target}.${process.pid}.part`;
    await writeFile(draft, contents);
    await rename(draft, target);
  }
  const wanted = new Set(files.map(({ path }) => path));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (entry.isFile() && !wanted.has(path) && !keep.has(path) && !path.endsWith('.part'))
      await rm(join(folder, path), { force: true });
  }
}
