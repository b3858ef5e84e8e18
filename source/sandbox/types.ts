/**
 * How the parts of the sandbox meet: kinds and their schemas, objects, the API server in front of them, the controllers that
 * act on them, and the world in which containers run. Objects are never changed in place: whoever writes hands over a new one.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '../context.ts';
import type { Json, KubeObject } from '../stack/types.ts';
import type { WebRequest, WebResponse } from './components/host.ts';

/** A kind as it is served. */
export interface Kind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural, as in paths. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** `status`, `scale`, and for pods `log`, `exec`, ... */
  readonly subresources: readonly string[];
}

/** What the API knows of a value: enough for validation, server-side apply, strategic merge and OpenAPI. */
export interface Schema {
  /** Of the Go type, as `PodSpec`; what has none is described where it stands. */
  readonly name?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of a map's values. */
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: Json;
  readonly enum?: readonly Json[];
  /** A number or a string, as `maxSurge`. */
  readonly intOrString?: boolean;
  /** Anything goes below. */
  readonly preserveUnknown?: boolean;
  /** x-kubernetes-list-type; `atomic` when it is not said. */
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  /** x-kubernetes-map-type `atomic`: an object that is owned as a whole. */
  readonly atomic?: boolean;
  readonly patchMergeKey?: string;
  readonly patchStrategy?: readonly string[];
}

/** `details.causes` of a Status. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** Who asks. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
}

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The resourceVersion of the change; of a deletion, too. */
  readonly version: number;
  readonly kind: Kind;
  readonly object: KubeObject;
  /** What it was before, if it was. */
  readonly before?: KubeObject;
}

/** All objects, their versions and what happened to them lately. Synchronous: one process, one thread, no races. */
export interface Store {
  /** Of the last change. */
  readonly version: number;
  get(kind: Kind, namespace: string | undefined, name: string): KubeObject | undefined;
  /** In the order of their names. */
  list(kind: Kind, namespace?: string): readonly KubeObject[];
  /** Stamps `metadata.resourceVersion`, keeps it on disk before it returns, tells everybody. */
  put(kind: Kind, object: KubeObject): KubeObject;
  remove(kind: Kind, object: KubeObject): KubeObject;
  /** Changes after `version`; undefined when they are forgotten (410). */
  since(version: number): readonly Change[] | undefined;
  /** Forgets all changes up to now, as a compaction does. */
  compact(): void;
  /** @returns how to stop listening. Listeners must not write; they queue work. */
  onChange(listener: (change: Change) => void): () => void;
}

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';

export interface WriteOptions {
  readonly user: User;
  readonly dryRun?: boolean;
  /** Of managedFields; defaults to the first part of the user agent, as the real server does. */
  readonly fieldManager?: string;
  readonly force?: boolean;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly subresource?: 'status' | 'scale';
}

export interface Written {
  readonly object: KubeObject;
  readonly created: boolean;
  /** Texts of `Warning:` headers. */
  readonly warnings: readonly string[];
}

export interface RemoveOptions {
  readonly user: User;
  readonly dryRun?: boolean;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly graceSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * The write path of the API server, which HTTP requests and controllers share: conversion of patches, defaulting, validation,
 * admission, managedFields, generation, finalizers. All throw StatusError (server's own code, reason and text).
 */
export interface Objects {
  readonly store: Store;
  get(kind: Kind, namespace: string | undefined, name: string): KubeObject;
  create(kind: Kind, namespace: string | undefined, object: unknown, options: WriteOptions): Written;
  update(kind: Kind, namespace: string | undefined, name: string, object: unknown, options: WriteOptions): Written;
  patch(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    type: PatchKind,
    body: unknown,
    options: WriteOptions,
  ): Written;
  /** The object as it is after it: gone, or marked with deletionTimestamp. */
  remove(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    options: RemoveOptions,
  ): { readonly object: KubeObject; readonly gone: boolean };
}

/** Admission, in the order in which the server asks: may change the object, or throw StatusError (quota, PodSecurity, webhooks). */
export interface Admission {
  admit(review: AdmissionReview): KubeObject;
}

export interface AdmissionReview {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly object: KubeObject;
  readonly before?: KubeObject;
  readonly subresource?: string;
  readonly user: User;
  readonly dryRun: boolean;
  /** Collects a `Warning:` header of the answer. */
  readonly warn: (text: string) => void;
}

/** Time as simulated work sees it. The clock itself is true; only waiting is divided by the speed. */
export interface Pace extends Clock {
  /** Waits `ms / speed`; not at all at the highest speed. Rejects with the signal's reason. */
  work(ms: number, signal?: AbortSignal): Promise<void>;
  /** Infinity is `max`. */
  readonly speed: number;
}

/** A container about to run, with everything resolved: env from Secrets, files from ConfigMaps, volumes. */
export interface ContainerRun {
  /** As read from the API when it was started. */
  readonly pod: KubeObject;
  readonly container: string;
  /** How often it ran before. */
  readonly restartCount: number;
  readonly image: string;
  /** Command and args as the container runtime gets them; empty when the image's own are used. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ip: string;
  /** Files of ConfigMaps and Secrets, by absolute path. */
  readonly files: ReadonlyMap<string, string>;
  /** Directories that volumes are mounted at, with the identity of what is behind (a PVC's or a pod's). */
  readonly volumes: readonly { readonly path: string; readonly id: string; readonly persistent: boolean }[];
}

export interface Program {
  /** Exit code and how it ended. */
  readonly ended: Promise<{ readonly exitCode: number; readonly reason: 'Completed' | 'Error' | 'OOMKilled' }>;
  /** SIGTERM; kills after the grace. */
  stop(graceMs: number): void;
  kill(reason?: 'OOMKilled' | 'Error'): void;
}

export interface ExecAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One line of a container's log. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Orders lines of the same millisecond: nanoseconds within it. */
  readonly nanos: number;
  readonly text: string;
}

/** Logs by pod uid, container and run. */
export interface LogBook {
  append(uid: string, container: string, run: number, text: string): void;
  /** Lines from an index on; undefined when there is no such log. */
  read(uid: string, container: string, run: number, from: number): readonly LogLine[] | undefined;
  /** How many lines there are. */
  count(uid: string, container: string, run: number): number;
  onLine(uid: string, container: string, run: number, listener: () => void): () => void;
  /** Called when the pod is gone. */
  forget(uid: string): void;
}

/** Where containers run and find each other: network, volumes, stores, and the outside that sends events. */
export interface World {
  readonly logs: LogBook;
  start(run: ContainerRun): Program;
  /** In a running container. Rejects when it does not run. */
  exec(
    uid: string,
    container: string,
    command: readonly string[],
    stdin: string,
    signal: AbortSignal,
  ): Promise<ExecAnswer>;
  /** Rejects with `connect ECONNREFUSED` when nobody listens. */
  http(address: string, port: number, request: WebRequest): Promise<WebResponse>;
  /** Whether a connection would be accepted. */
  listens(address: string, port: number): boolean;
  /** Speaks a port's own protocol on a connection that is handed over; false for HTTP, and where nobody listens. */
  converse(address: string, port: number, connection: Duplex): boolean;
  /** CPU in cores and memory in bytes that a container uses now. */
  usage(uid: string, container: string): { readonly cpu: number; readonly memory: number };
}
