/** What objects have although nobody wrote it. */
import type { KubeObject } from '../../stack/types.ts';
import { schemaOf } from '../schema/index.ts';
import type { Kind, Schema } from '../types.ts';
import { apiVersionOf, isBuiltIn } from './names.ts';

/** What a new object of the kind has before anybody wrote to it: in types of Go some structs are always there. */
export function emptyObject(kind: Kind): KubeObject {
  const name = { apiVersion: apiVersionOf(kind), kind: kind.kind };
  if (!isBuiltIn(kind)) return { ...name, metadata: {} as KubeObject['metadata'] };
  return { ...emptyStruct(schemaOf(kind)), ...name, metadata: {} as KubeObject['metadata'] };
}

const structs = ['metadata', 'spec', 'status', 'template', 'jobTemplate', 'strategy', 'updateStrategy'];

function emptyStruct({ properties = {}, required = [] }: Schema): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(properties)) {
    if (child.type === 'array' && required.includes(key)) result[key] = null;
    else if (child.properties && structs.includes(key)) result[key] = key === 'metadata' ? {} : emptyStruct(child);
    // Of a claim; those of a pod are a pointer.
    else if (key === 'resources' && 'volumeName' in properties) result[key] = {};
  }
  return result;
}
