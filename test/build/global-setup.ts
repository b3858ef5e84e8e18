import { generateManifests } from '../../source/build/manifests.ts';

/** Tests read the manifests as the program does: from the file that a build makes. */
export async function setup(): Promise<void> {
  await generateManifests();
}
