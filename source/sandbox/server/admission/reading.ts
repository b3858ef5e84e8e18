/** What the plugins read of objects. */
import type { KubeObject } from '../../../stack/types.ts';
import { StatusError } from '../../objects/index.ts';
import type { AdmissionReview, Store } from '../../types.ts';
import { served } from '../served.ts';

export type Quantities = Readonly<Record<string, string | number>>;

export interface ContainerSpec {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly securityContext?: SecurityContext;
}

export interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
}

export interface Spec {
  readonly containers: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly volumes?: readonly { readonly name: string; readonly hostPath?: object }[];
  readonly securityContext?: SecurityContext;
  readonly overhead?: Quantities;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly template?: { readonly spec?: Spec };
  readonly jobTemplate?: { readonly spec?: Spec };
}

/** Empty where there is none: not every object has been validated when it is read. */
export const fieldsOf = <T extends object>(object: KubeObject): Partial<T> => (object['spec'] ?? {}) as Partial<T>;

export function specOf(object: KubeObject): Spec {
  const { containers = [], ...spec } = fieldsOf<Spec>(object);
  return { ...spec, containers };
}

/** Objects of a kind of the core group in the namespace of the request. */
export const inNamespace = (store: Store, plural: string, namespace: string | undefined): readonly KubeObject[] =>
  namespace ? store.list(served('', plural), namespace) : [];

export const forbid = ({ kind, name }: AdmissionReview, why: string): StatusError =>
  StatusError.forbidden(kind, name, why);
