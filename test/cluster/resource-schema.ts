/** Definitions of custom resources in few words. */
import type { KubeObject } from './api.ts';

export type Schema = Readonly<Record<string, unknown>>;

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const whole: Schema = { type: 'integer', format: 'int64' };
export const quantity: Schema = { 'x-kubernetes-int-or-string': true };
export const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
export const texts: Schema = { type: 'array', items: text };
export const oneOf = (...values: readonly string[]): Schema => ({ type: 'string', enum: values });
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
export function fields(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length ? { required } : {}) };
}

export interface Definition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly spec: Schema;
  readonly status: Schema;
  readonly scope?: 'Cluster';
  readonly shortNames?: readonly string[];
  readonly columns?: readonly (readonly [name: string, path: string])[];
}

export function definitionOf({
  group,
  version,
  kind,
  spec,
  status,
  scope,
  shortNames,
  columns = [],
}: Definition): KubeObject {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: scope ?? 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular, ...(shortNames ? { shortNames } : {}) },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          // Without columns of its own, a server shows the age by itself.
          additionalPrinterColumns: [
            ...columns.map(([name, jsonPath]) => ({ name, jsonPath, type: 'string' })),
            ...(columns.length > 0 ? [{ name: 'AGE', jsonPath: '.metadata.creationTimestamp', type: 'date' }] : []),
          ],
          schema: {
            openAPIV3Schema: fields({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status }),
          },
        },
      ],
    },
  } as KubeObject;
}
