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

/** A reference without a host is one of docker.io. A mirror has what the release names, whatever it is called. */
const registries = /^(?:(docker\.io|ghcr\.io|quay\.io|registry\.k8s\.io|public\.ecr\.aws)\/|(?![^/]*[.:][^/]*\/))/;

/** Undefined when no registry that the sandbox knows has it. */
export function imageBytes(reference: string): number | undefined {
  const name = imageName(reference);
  if (name === undefined && !registries.test(reference)) return undefined;
  return sizes[name ?? ''] ?? usual;
}
