/** How large the images are that the sandbox's nodes pull, compressed; as far as they matter for how long an install takes. */
import { manifests } from '../stack/manifests.ts';

const mebibytes = 2 ** 20;
/** By name in the release; the others are small. */
const sizes: Readonly<Record<string, number>> = {
  web: 2_600 * mebibytes,
  node: 900 * mebibytes,
  clickhouse: 320 * mebibytes,
  redpanda: 160 * mebibytes,
};
const usual = 120 * mebibytes;

const names = new Map(
  Object.values(manifests.releases).flatMap(({ images }) =>
    Object.entries(images).map(([name, reference]) => [reference.split('@')[1], name] as const),
  ),
);

/** The image's name in the release, by its digest, which a mirror keeps; undefined when it is none of ours. */
export const imageName = (reference: string): string | undefined => names.get(reference.split('@')[1] ?? '');

export const imageBytes = (reference: string): number => sizes[imageName(reference) ?? ''] ?? usual;
