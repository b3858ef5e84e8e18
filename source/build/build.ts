/** `npm run build`: manifests to JSON, TypeScript to `dist/`. What is published must be small, or the build fails. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleProgram, writeFolder } from './bundle.ts';
import { licenceTexts } from './licences.ts';
import { generateManifests } from './manifests.ts';
import { packedBytes, packedBytesAllowed, packedFiles } from './packed-size.ts';
import { root } from './paths.ts';

await generateManifests();
const { files, chunks } = await bundleProgram();
const licences = { path: 'THIRD_PARTY_LICENSES', contents: Buffer.from(await licenceTexts({ chunks })) };
// The stub belongs to the test cluster, which makes it when it needs it.
await writeFolder(join(root, 'dist'), [...files, licences], new Set(['stub.js']));

const { files: published } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { files: string[] };
const bytes = await packedBytes(await packedFiles(published));
if (bytes > packedBytesAllowed)
  throw new Error(`the package has ${bytes} bytes packed; ${packedBytesAllowed} are allowed`);
