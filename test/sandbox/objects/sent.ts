/** Bodies as the objects get them: read by the server, which refuses what is no object and no patch. */
import { isBuiltIn } from '../../../source/sandbox/objects/names.ts';
import { decodeObject, decodePatch, patchTypeOf } from '../../../source/sandbox/server/media.ts';
import type { Kind, PatchKind } from '../../../source/sandbox/types.ts';

const mediaTypes: Readonly<Record<PatchKind, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** @throws StatusError */
export function sent(kind: Kind, body: unknown, patch?: PatchKind): Promise<unknown> {
  const bytes = Buffer.from(JSON.stringify(body));
  if (patch === undefined) return decodeObject(bytes, 'application/json', kind.kind);
  return decodePatch(bytes, patchTypeOf(mediaTypes[patch], !isBuiltIn(kind)));
}
