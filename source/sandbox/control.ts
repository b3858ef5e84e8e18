/** How a sandbox is told what to do while it runs: a ConfigMap of its own, which survives and needs no second channel. */
import type { KubeObject } from '../stack/types.ts';
import { kindOf } from './schema/index.ts';
import type { Faults } from './server/index.ts';
import type { Kind, Store } from './types.ts';

export const controlRef = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'sandbox-control',
  namespace: 'kube-system',
} as const;

export interface Control {
  /** `Infinity` waits for nothing. */
  readonly speed: number;
  readonly faults: readonly FaultName[];
  /** A detached server ends when it changes. */
  readonly stopAt?: number;
  /** Ends all connections once, when it changes. */
  readonly restartAt?: number;
}

/** At which a small install takes 60 to 90 seconds. */
export const usualSpeed = 40;

/** What can go wrong on purpose, as it is called on the command line. */
export const faultNames = [
  'api-restart',
  'too-many-requests',
  'errors',
  'resets',
  'half-open',
  'slow',
  'watch-gone',
  'token-expired',
  'log-cut',
] as const;
export type FaultName = (typeof faultNames)[number];

const settings: Readonly<Partial<Record<FaultName, Faults>>> = {
  'too-many-requests': { tooManyRequests: 1 },
  errors: { errors: true },
  resets: { resets: true },
  slow: { slowMs: 1_500 },
  'watch-gone': { goneWatches: true },
  'token-expired': { expiredTokens: true },
  'log-cut': { logsEndAfterMs: 7_000 },
};

export const faultsOf = ({ faults }: Control): Faults =>
  Object.assign({}, ...faults.map((name) => settings[name] ?? {}));

/** As it was written; what is missing or of a newer program is left out. */
export function readControl(object: KubeObject | undefined): Control {
  const data = (object?.['data'] ?? {}) as Readonly<Record<string, string>>;
  const number = (key: string) => (data[key] === undefined ? {} : { [key]: Number(data[key]) });
  return {
    // What cannot be read must not run at no speed at all.
    speed: speedOf(data['speed'] ?? '') || usualSpeed,
    faults: faultNames.filter((name) => data['faults']?.split(',').includes(name)),
    ...number('stopAt'),
    ...number('restartAt'),
  };
}

export function controlObject({ speed, faults, stopAt, restartAt }: Control): KubeObject {
  return {
    apiVersion: controlRef.apiVersion,
    kind: controlRef.kind,
    metadata: { name: controlRef.name, namespace: controlRef.namespace },
    data: {
      speed: Number.isFinite(speed) ? String(speed) : 'max',
      faults: faults.join(','),
      ...(stopAt === undefined ? {} : { stopAt: String(stopAt) }),
      ...(restartAt === undefined ? {} : { restartAt: String(restartAt) }),
    },
  };
}

/** `1`, `40` or `max`. NaN for anything else. */
export function speedOf(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return speed >= 1 && speed <= 10_000 ? speed : Number.NaN;
}

/** Tells now and at every change. */
export function followControl(store: Store, tell: (control: Control) => void): void {
  const kind = kindOf(controlRef.apiVersion, controlRef.kind) as Kind;
  tell(readControl(store.get(kind, controlRef.namespace, controlRef.name)));
  store.onChange(({ kind: changed, object }) => {
    if (changed === kind && object.metadata.name === controlRef.name && object.metadata.namespace === 'kube-system')
      tell(readControl(object));
  });
}
