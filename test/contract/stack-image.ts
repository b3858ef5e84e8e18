/** An image that the target can run: one of the stack's, by its name in the newest release. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

export async function stackImage(name: string): Promise<string> {
  const release = new URL('../../manifests/releases/2026.09.yaml', import.meta.url);
  const { images } = parse(await readFile(release, 'utf8')) as { images: Record<string, string> };
  const image = images[name];
  if (image === undefined) throw new Error(`the release has no image named ${name}`);
  return image;
}
