/** The query of a request, checked as the real server checks it. */
import { StatusError } from '../objects/index.ts';
import { isMap, type JsonMap } from '../objects/values.ts';
import { type Causes, forbidden, notSupported, oneOf, required, when } from '../schema/validate/causes.ts';
import type { RemoveOptions, WriteOptions } from '../types.ts';
import { isTrue } from './request-info.ts';

const integer = /^[+-]?\d+$/;

/** @throws StatusError 400 in strconv's words */
export function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!integer.test(text)) throw StatusError.badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

export const flagOf = (query: URLSearchParams, name: string): boolean => isTrue(query.get(name));

const refuse = (kind: string, causes: Causes): void => {
  if (causes.length > 0) throw StatusError.invalid({ group: 'meta.k8s.io', kind }, '', causes);
};

const managerLimit = 128;
const validations = ['', 'Ignore', 'Strict', 'Warn'];

/** @param options `CreateOptions`, `UpdateOptions`, `PatchOptions`. @throws StatusError 422 */
export function writingOf(query: URLSearchParams, options: string, applies: boolean): Omit<WriteOptions, 'user'> {
  const fieldManager = query.get('fieldManager') ?? undefined;
  const validation = query.get('fieldValidation') ?? '';
  const isForced = options === 'PatchOptions' && !applies && query.has('force');
  refuse(options, [
    ...dryRunCauses(query.getAll('dryRun')),
    ...when(applies && !fieldManager, required('fieldManager', 'is required for apply patch')),
    ...when(isForced, forbidden('force', 'may not be specified for non-apply patch')),
    ...managerCauses(fieldManager),
    ...oneOf('fieldValidation', validation, validations),
  ]);
  return {
    dryRun: query.getAll('dryRun').includes('All'),
    force: flagOf(query, 'force'),
    ...(fieldManager && { fieldManager }),
    fieldValidation: (validation || 'Warn') as 'Strict' | 'Warn' | 'Ignore',
  };
}

const managerCauses = (manager = ''): Causes =>
  when(manager.length > managerLimit, {
    reason: 'FieldValueTooLong',
    field: 'fieldManager',
    message: `Too long: may not be more than ${managerLimit} bytes`,
  });

const dryRunCauses = (values: readonly string[]): Causes =>
  when(!values.every((each) => each === 'All'), notSupported('dryRun', values, ['All']));

const propagations = ['Foreground', 'Background', 'Orphan', 'nil'];

/** From the body if there is one, from the query otherwise. @throws StatusError 400, 422 */
export function deletionOf(query: URLSearchParams, body: JsonMap): Omit<RemoveOptions, 'user'> {
  const grace = body['gracePeriodSeconds'] ?? numberOf(query, 'gracePeriodSeconds');
  const policy = (body['propagationPolicy'] ?? query.get('propagationPolicy')) || undefined;
  const given = body['dryRun'] ?? query.getAll('dryRun');
  const dryRun = Array.isArray(given) ? given.map(String) : [];
  const isKnown = policy === undefined || propagations.slice(0, -1).includes(String(policy));
  refuse('DeleteOptions', [
    ...dryRunCauses(dryRun),
    ...when(!isKnown, notSupported('propagationPolicy', policy, propagations)),
  ]);
  return {
    dryRun: dryRun.includes('All'),
    ...(policy !== undefined && { propagation: policy as NonNullable<RemoveOptions['propagation']> }),
    ...(typeof grace === 'number' && { graceSeconds: grace }),
    ...(isMap(body['preconditions']) && { preconditions: body['preconditions'] }),
  };
}

export interface Listing {
  readonly limit: number;
  readonly continue: string;
  /** Undefined when the client leaves it to the server. */
  readonly version: number | undefined;
  readonly exact: boolean;
  readonly allowBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

/** Of lists and watches. @throws StatusError 400, 422 */
export function listingOf(query: URLSearchParams, watches: boolean): Listing {
  const [limit, timeoutSeconds] = [numberOf(query, 'limit'), numberOf(query, 'timeoutSeconds')];
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  const initial = query.has('sendInitialEvents') ? flagOf(query, 'sendInitialEvents') : undefined;
  const follows = query.get('continue') ?? '';
  refuse('ListOptions', watches ? watchCauses(match, initial) : matchCauses(match, version, initial));
  if (follows && version && version !== '0')
    throw StatusError.badRequest('specifying resource version is not allowed when using continue');
  return {
    limit: Math.max(0, limit ?? 0),
    continue: follows,
    version: versionOf(version, watches),
    exact: match === 'Exact',
    allowBookmarks: flagOf(query, 'allowWatchBookmarks'),
    sendInitialEvents: initial,
    timeoutSeconds,
  };
}

const matchField = 'resourceVersionMatch';

function matchCauses(match: string, version: string, initial: boolean | undefined): Causes {
  if (initial !== undefined) return [forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')];
  if (!match) return [];
  if (!version) return [forbidden(matchField, `${matchField} is forbidden unless resourceVersion is provided`)];
  const isExactlyAny = match === 'Exact' && version === '0';
  return [
    ...oneOf(matchField, match, ['Exact', 'NotOlderThan', '']),
    ...when(isExactlyAny, forbidden(matchField, `${matchField} "Exact" is forbidden for resourceVersion "0"`)),
  ];
}

function watchCauses(match: string, initial: boolean | undefined): Causes {
  const needsMatch = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  const needsInitial = `${matchField} is forbidden for watch unless sendInitialEvents is provided`;
  return initial === undefined
    ? when(match !== '', forbidden(matchField, needsInitial))
    : when(match !== 'NotOlderThan', forbidden(matchField, needsMatch));
}

function versionOf(text: string, watches: boolean): number | undefined {
  if (text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const why = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
  throw watches ? StatusError.unexpected(why) : StatusError.badRequest(`invalid resource version: ${why}`);
}
