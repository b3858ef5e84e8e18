/** What must hold for the manifests as a whole; run when the program is built and by a test. */
import { defaultAnswers } from '../stack/answers.ts';
import type { JsonObject, Manifests } from '../stack/manifests.ts';
import { defaultPlatform, type RenderInput } from '../stack/model.ts';
import { render } from '../stack/render.ts';
import { type Json, sizeNames } from '../stack/types.ts';
import { variablesIn } from '../stack/variables.ts';

const mail = { host: 'mail.example.com', port: 587, from: 'posthog@example.com', tls: true };
const s3 = { endpoint: 'https://s3.example.com', bucket: 'posthog', region: 'us-east-1', accessKey: 'key' };

/** Renders every size in every variation. Throws an Error that names what is unknown, unused or wrong. */
export function checkManifests(manifests: Manifests): void {
  for (const size of sizeNames) {
    for (const release of Object.keys(manifests.releases)) {
      for (const input of variations({ ...defaultAnswers, size, release })) render(input, manifests);
    }
    const unused = unusedNumbers(
      manifests.sizes[size],
      variablesIn(manifests.documents as unknown as Json, variablesIn(manifests.env as unknown as Json)),
    );
    if (unused.length > 0) throw new Error(`manifests/sizes/${size}.yaml: no manifest reads ${unused.join(', ')}`);
  }
  const groups = new Set(JSON.stringify([manifests.documents, manifests.env]).match(/(?<="\$group":")[^"]+/g));
  const unusedGroups = Object.keys(manifests.env).filter(
    (name) => !groups.has(name) && !/-(encoded|external)$/.test(name),
  );
  if (unusedGroups.length > 0) throw new Error(`manifests/env: no manifest uses ${unusedGroups.join(', ')}`);
  const read = variablesIn(manifests.documents as unknown as Json);
  for (const [name, release] of Object.entries(manifests.releases)) {
    const unusedImages = Object.keys(release.images).filter((image) => !read.has(`image.${image}`));
    if (unusedImages.length > 0)
      throw new Error(`manifests/releases/${name}.yaml: no manifest uses ${unusedImages.join(', ')}`);
  }
}

function variations(answers: RenderInput['answers']): RenderInput[] {
  const input: RenderInput = {
    answers,
    namespace: 'ns-abcd1234',
    host: 'posthog.example.com',
    platform: defaultPlatform,
    migrate: 'install',
    urls: 'composed',
  };
  return [input, { ...input, migrate: 'upgrade', urls: 'encoded' }, { ...input, answers: { ...answers, mail, s3 } }];
}

/** Leaves of a size that no variable names. `cpu`, `memory`, `ephemeral` and `request` are read through `resources`. */
function unusedNumbers(size: JsonObject, read: ReadonlySet<string>, path: readonly string[] = []): string[] {
  return Object.entries(size).flatMap(([key, value]) => {
    const here = [...path, key].filter((part) => !(path[0] === 'migrate' && ['install', 'upgrade'].includes(part)));
    const name = here.join('.');
    if (read.has(name)) return [];
    if (
      ['cpu', 'memory', 'ephemeral', 'request'].includes(key) &&
      read.has([...here.slice(0, -1), 'resources'].join('.'))
    )
      return [];
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? unusedNumbers(value as JsonObject, read, here.length > 0 ? [...path, key] : path)
      : [name];
  });
}
