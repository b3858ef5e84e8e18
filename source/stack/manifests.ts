/** The files of `manifests/`, as they were parsed when the program was built (`source/build/manifests.ts`). */
import generated from './manifests.generated.json' with { type: 'json' };
import type { ComponentId, Json, SizeName } from './types.ts';

export type JsonObject = { readonly [key: string]: Json };

export interface Release {
  readonly name: string;
  readonly images: Readonly<Record<string, string>>;
  readonly clickhouse: { readonly compatibility: string };
}

export interface Manifests {
  /** Documents of `<phase>/<component>.yaml`, and of `instance.yaml` under `instance`. */
  readonly documents: Readonly<Record<ComponentId | 'instance', readonly JsonObject[]>>;
  readonly env: Readonly<Record<string, readonly JsonObject[]>>;
  readonly sizes: Readonly<Record<SizeName, JsonObject>>;
  readonly topics: Json;
  readonly releases: Readonly<Record<string, Release>>;
}

export const manifests = generated as unknown as Manifests;

/** The release that `install` makes. */
export const currentRelease = '2026.09';
