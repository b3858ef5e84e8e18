/** The measured programs, built like the program itself. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, writeFolder } from '../../source/build/bundle.ts';

const launcher = `import { enableCompileCache } from 'node:module';
enableCompileCache(new URL('cache', import.meta.url).pathname);
await import(\`./\${process.argv[2]}.js\`);
`;

/** Builds the programs into a folder that is there while `use` runs; `launch.js NAME` starts one as `bin/` starts the program. */
export async function withPrograms<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'posthog-sealos-bench-programs-'));
  try {
    const { files } = await bundle(
      Object.fromEntries(
        ['apply', 'list', 'log-server', 'watch'].map((name) => [name, `test/bench/programs/${name}.ts`]),
      ),
    );
    await writeFolder(folder, files);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    await writeFile(join(folder, 'launch.js'), launcher);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
