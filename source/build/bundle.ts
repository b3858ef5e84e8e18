/** How TypeScript becomes the JavaScript that users run: the one esbuild configuration. */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Metafile, type OutputFile } from 'esbuild';
import { eagerBuiltins } from './eager-builtins.ts';
import { lazyPackages } from './lazy-packages.ts';
import { root } from './paths.ts';
import { slimPackages } from './slim-packages.ts';
import { terminalPackages } from './terminal-packages.ts';

export interface Bundle {
  readonly files: readonly { readonly path: string; readonly contents: Uint8Array }[];
  readonly metafile: Metafile;
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  minify: true,
  // Chinese texts as they are, not as escapes of three times the length.
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  // CommonJS packages inside call `require` for the modules of Node. Made when first called: every chunk has this line.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';let __required;const require=(id)=>(__required??=__createRequire(import.meta.url))(id);",
  },
  // Licences have a file of their own (licences.ts).
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
  plugins: [eagerBuiltins, lazyPackages, slimPackages, terminalPackages],
} satisfies BuildOptions;

/** The program: `cli.js` and the chunks that it loads when a command needs them. */
export function bundleProgram(): Promise<Bundle> {
  return bundle({ cli: 'source/cli.ts' });
}

/** Entry points by the name of their output, with what they share in chunks. */
export async function bundle(entryPoints: Readonly<Record<string, string>>): Promise<Bundle> {
  const result = await build({
    ...common,
    entryPoints,
    outdir: 'dist',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
  });
  return { files: result.outputFiles.map(toFile), metafile: result.metafile };
}

function toFile(file: OutputFile): Bundle['files'][number] {
  return { path: relative(join(root, 'dist'), file.path), contents: file.contents };
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
