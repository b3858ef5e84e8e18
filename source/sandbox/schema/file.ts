/** The form of `kubernetes.json`, which `source/build/sandbox-schema.ts` writes from what a real API server says. */
import type { Kind, Schema } from '../types.ts';

/** A schema whose parts may stand elsewhere, under their name. */
export type CompactSchema = Omit<Schema, 'properties' | 'additionalProperties' | 'items'> & {
  readonly ref?: string;
  readonly properties?: Readonly<Record<string, CompactSchema>>;
  readonly additionalProperties?: CompactSchema;
  readonly items?: CompactSchema;
};

export interface ServedSubresource {
  readonly name: string;
  readonly kind: string;
  /** Of what it answers, where it is not the resource's own. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly string[];
}

export type ServedKind = Omit<Kind, 'subresources'> & {
  readonly subresources: readonly ServedSubresource[];
  /** Its name among the definitions. */
  readonly schema: string;
};

export interface KindFile {
  /** As `/version` answers. */
  readonly version: Readonly<Record<string, string>>;
  readonly kinds: readonly ServedKind[];
  readonly definitions: Readonly<Record<string, CompactSchema>>;
}

/** What OpenAPI calls fields of a schema that it does not know itself, where it means the same. */
export const extensions = {
  listType: 'x-kubernetes-list-type',
  listMapKeys: 'x-kubernetes-list-map-keys',
  patchMergeKey: 'x-kubernetes-patch-merge-key',
  preserveUnknown: 'x-kubernetes-preserve-unknown-fields',
} as const;

/** Names of the definitions that a schema needs. */
export function referencesIn(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'ref' && typeof value === 'string' ? [value] : referencesIn(value),
  );
}
