/** Fields of others that an apply would change, in the words of k8s.io/apimachinery util/managedfields 0.34 (conflict.go). */
import type { StatusCause } from '../types.ts';
import { type FieldSet, pathsOf } from './field-set.ts';
import { StatusError } from './status-error.ts';

/** One of `metadata.managedFields`. */
export interface Entry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

/** An applier is the same in every version. */
export const idOf = ({ manager, operation, apiVersion, subresource }: Entry): string =>
  JSON.stringify({ manager, operation, ...(operation === 'Update' && { apiVersion }), subresource });

export interface Conflict {
  readonly manager: string;
  readonly path: string;
}

/** @param taken by whom, and which of his fields would change. */
export const conflictsIn = (taken: ReadonlyMap<Entry, FieldSet>): readonly Conflict[] =>
  [...taken]
    .sort(([left], [right]) => (idOf(left) < idOf(right) ? -1 : 1))
    .flatMap(([entry, fields]) => pathsOf(fields).map((path) => ({ manager: nameOf(entry), path })));

function nameOf({ manager, subresource, operation, apiVersion }: Entry): string {
  const via = subresource ? ` with subresource "${subresource}"` : '';
  return `"${manager}"${via}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** The refusal that names them all. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const causes: readonly StatusCause[] = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }));
  const groups = Map.groupBy(conflicts, ({ manager }) => manager);
  const lines = [...groups].flatMap(([manager, theirs]) => [
    `conflicts with ${manager}:`,
    ...theirs.map(({ path }) => `- ${path}`),
  ]);
  const [first] = conflicts;
  const why =
    conflicts.length === 1
      ? `1 conflict: conflict with ${first?.manager}: ${first?.path}`
      : `${conflicts.length} conflicts: ${lines.join('\n')}`;
  return StatusError.applyConflict(`Apply failed with ${why}`, causes);
}
