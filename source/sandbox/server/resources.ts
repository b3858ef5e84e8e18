/** What is done with resources: each verb of each kind, and the subresources. */
import type { KubeObject } from '../../stack/types.ts';
import { qualifiedResource, StatusError, scaleOf } from '../objects/index.ts';
import { timestamp } from '../objects/metadata.ts';
import { isBuiltIn } from '../objects/names.ts';
import { mapOf } from '../objects/values.ts';
import { kinds, resourceOf } from '../schema/index.ts';
import type { Kind, RemoveOptions, WriteOptions, Written } from '../types.ts';
import { answer, answerText, type Call } from './call.ts';
import { listOf, selectionOf } from './collections.ts';
import { containerOf } from './containers.ts';
import { duplicatesIn } from './duplicates.ts';
import { answerProxy } from './forwarding.ts';
import { answerLogs } from './logs.ts';
import { decodeObject, decodePatch, type Form, formFor, parseJson, patchTypeOf, readBody } from './media.ts';
import { metricOf, metricsOf } from './metrics.ts';
import { deletionOf, listingOf, writingOf } from './options.ts';
import type { ResourceAttributes } from './request-info.ts';
import { decodeReview, review } from './reviews.ts';
import { viewOf } from './views.ts';
import { goneEvent, watch } from './watches.ts';

/** One request for a kind that is served. */
interface Asked {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  /** Empty for collections. */
  readonly name: string;
  readonly subresource: 'status' | 'scale' | undefined;
  readonly form: Form;
}

const reviewed: readonly string[] = ['authorization.k8s.io', 'authentication.k8s.io'];
const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale', plural: 'scales' };

/** The kind behind an address. @returns undefined when not even its group and version are known. @throws StatusError 404 */
export function kindFor(
  { group, version, resource, subresource }: ResourceAttributes,
  malformed: boolean,
  hidden: ReadonlySet<string>,
): Kind | undefined {
  const kind = hidden.has(resource) ? undefined : resourceOf(group, version, resource);
  if (!kind && group && !kinds.some((each) => each.group === group && each.version === version)) return undefined;
  const served = kind && (subresource === undefined || kind.subresources.includes(subresource));
  if (!kind || !served || malformed) throw StatusError.noSuchResource();
  return kind;
}

export async function answerResource(call: Call, resource: ResourceAttributes): Promise<void> {
  const { info, parts } = call;
  const kind = kindFor(resource, info.malformed, parts.hidden);
  if (!kind) return answerText(call, 404, '404 page not found\n');
  const { namespace, name = '', subresource } = resource;
  const isNamespace = kind.plural === 'namespaces' && kind.group === '';
  if (!kind.namespaced && namespace !== undefined && !isNamespace) throw StatusError.noSuchResource();
  if (subresource === 'proxy') return answerProxy(call, kind.plural);
  if (subresource === 'exec' || subresource === 'portforward') {
    const pod = parts.objects.get(kind, namespace, name);
    if (subresource === 'exec') containerOf(pod, info.query.get('container'));
    throw StatusError.badRequest('Upgrade request required');
  }
  if (subresource === 'log' && info.verb === 'get') return answerLogs(call, parts.objects.get(kind, namespace, name));
  if (subresource !== undefined && subresource !== 'status' && subresource !== 'scale')
    throw StatusError.methodNotAllowed();
  const verb = verbs[info.verb];
  const missesNamespace = kind.namespaced && namespace === undefined && !clusterWide.includes(info.verb);
  const isKnown = kind.verbs.includes(info.verb) && !(subresource && !ofSubresources.includes(info.verb));
  const isMisplaced = itemVerbs.includes(info.verb) !== info.isItem || call.request.method === 'HEAD';
  if (!verb || !isKnown || missesNamespace || isMisplaced) throw StatusError.methodNotAllowed();
  const place = isNamespace ? undefined : namespace;
  await verb(call, { kind, namespace: place, name, subresource, form: formFor(call.request.headers.accept) });
}

/** Bytes that a watch may be behind. */
const unreadLimit = 16 * 2 ** 20;

/** What is asked of one object; the other verbs are for collections. */
const itemVerbs: readonly string[] = ['get', 'update', 'patch', 'delete'];
const clusterWide: readonly string[] = ['list', 'watch'];
const ofSubresources: readonly string[] = ['get', 'update', 'patch'];

const verbs: Readonly<Record<string, (call: Call, asked: Asked) => Promise<void>>> = {
  async get(call, asked) {
    const { kind, namespace, name, subresource } = asked;
    const { objects, pace, world } = call.parts;
    const metrics = () => metricsOf(kind, namespace, objects, world, timestamp(pace.now()));
    const object =
      kind.group === 'metrics.k8s.io' ? metricOf(kind, metrics(), name) : objects.get(kind, namespace, name);
    await answerObject(call, asked, 200, subresource === 'scale' ? scaleOf(object) : object);
  },

  async list(call, asked) {
    const { kind, namespace, form } = asked;
    const { objects, pace, world } = call.parts;
    const listing = listingOf(call.info.query, false);
    const selects = selectionOf(call.info.query, kind);
    const view = viewOf(kind, form, call.info.query, () => pace.now());
    const metrics = () => ({
      items: metricsOf(kind, namespace, objects, world, timestamp(pace.now())).filter(selects),
      meta: { resourceVersion: '' },
    });
    const isMetric = kind.group === 'metrics.k8s.io';
    const { items, meta } = isMetric ? metrics() : listOf(objects.store, kind, namespace, selects, listing);
    await answer(call, 200, view.list(items, meta), { form });
  },

  async watch(call, { kind, namespace, form }) {
    const { parts, info, response, signal } = call;
    const listing = listingOf(info.query, true);
    const selects = selectionOf(info.query, kind);
    const view = viewOf(kind, form, info.query, () => parts.pace.now());
    const isAnew = !listing.version;
    if (parts.faults.goneWatches && isAnew)
      throw StatusError.expired('The resourceVersion for the provided watch is too old.');
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    response.flushHeaders();
    if (parts.faults.goneWatches) response.write(goneEvent(`too old resource version: ${listing.version}`));
    else {
      // Who does not read must not fill the memory: he is told nothing more, and begins anew.
      const write = (lines: string) => {
        if (response.writableLength > unreadLimit) response.destroy();
        else response.write(lines);
      };
      const watched = { store: parts.objects.store, kind, namespace, selects, listing, view, write };
      await watch(watched, parts.pace, parts.random, signal);
    }
    response.end();
  },

  async create(call, asked) {
    const { kind, namespace } = asked;
    const body = await readBody(call.request);
    const type = call.request.headers['content-type'];
    const { objects, pace } = call.parts;
    if (reviewed.includes(kind.group)) {
      const given = decodeReview(body, kind) ?? (await decodeObject(body, type, kind.kind));
      const { fieldManager: manager = '' } = writeOptions(call, asked, 'CreateOptions');
      const object = review(objects.store, kind, given, { user: call.user, manager, now: timestamp(pace.now()) });
      return answer(call, 201, JSON.stringify(object), { form: asked.form });
    }
    const object = await decodeObject(body, type, kind.kind);
    const options = writeOptions(call, asked, 'CreateOptions');
    const doubled = refuseDoubled(kind, body, options);
    await answerWritten(call, asked, objects.create(kind, namespace, object, options), doubled);
  },

  async update(call, asked) {
    const { kind, namespace, name } = asked;
    const body = await readBody(call.request);
    const object = await decodeObject(body, call.request.headers['content-type'], kind.kind);
    const options = writeOptions(call, asked, 'UpdateOptions');
    const doubled = refuseDoubled(kind, body, options);
    await answerWritten(call, asked, call.parts.objects.update(kind, namespace, name, object, options), doubled);
  },

  async patch(call, asked) {
    const { kind, namespace, name } = asked;
    const type = patchTypeOf(call.request.headers['content-type'], !isBuiltIn(kind));
    const body = await readBody(call.request);
    const options = writeOptions(call, asked, 'PatchOptions', type === 'apply');
    if (type !== 'apply') call.parts.objects.get(kind, namespace, name);
    const patch = await decodePatch(body, type);
    await answerWritten(call, asked, call.parts.objects.patch(kind, namespace, name, type, patch, options));
  },

  async delete(call, asked) {
    const { kind, namespace, name } = asked;
    const options = await deletion(call);
    const { object, gone } = call.parts.objects.remove(kind, namespace, name, options);
    if (!gone || returned.includes(qualifiedResource(kind))) return answerObject(call, asked, 200, object);
    const details = { name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid: object.metadata.uid };
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
    await answer(call, 200, JSON.stringify(status), { form: asked.form });
  },

  async deletecollection(call, { kind, namespace, form }) {
    const { objects, pace } = call.parts;
    const options = await deletion(call);
    const listing = listingOf(call.info.query, false);
    const view = viewOf(kind, form, call.info.query, () => pace.now());
    const { items, meta } = listOf(objects.store, kind, namespace, selectionOf(call.info.query, kind), listing);
    for (const { metadata } of items)
      if (objects.store.get(kind, metadata.namespace, metadata.name))
        objects.remove(kind, metadata.namespace, metadata.name, options);
    await answer(call, 200, view.list(items, meta), { form });
  },
};

/** Kinds whose deletion answers with the object itself (ReturnDeletedObject of registry/core). */
const returned: readonly string[] = [
  ...['pods', 'services', 'serviceaccounts', 'persistentvolumeclaims', 'persistentvolumes', 'resourcequotas'],
  'podtemplates',
];

/** @throws StatusError 400, 413, 422, 500 */
async function deletion({ request, info, user }: Call): Promise<RemoveOptions> {
  const text = (await readBody(request)).toString('utf8');
  let body: unknown = {};
  try {
    if (text) body = parseJson(text);
  } catch (error) {
    throw StatusError.unexpected((error as Error).message);
  }
  return { ...deletionOf(info.query, mapOf(body)), user };
}

function writeOptions({ info, user, request }: Call, asked: Asked, options: string, applies = false): WriteOptions {
  // Who names no field manager is known by his program.
  const program = (request.headers['user-agent'] ?? '').split('/', 1)[0]?.slice(0, 128);
  return {
    user,
    ...(program && { fieldManager: program }),
    ...writingOf(info.query, options, applies),
    ...(asked.subresource && { subresource: asked.subresource }),
  };
}

/** Warns of keys that the body has twice. @throws StatusError 400 when validation is strict */
function refuseDoubled({ kind, version }: Kind, body: Buffer, { fieldValidation }: WriteOptions): readonly string[] {
  if (fieldValidation === 'Ignore') return [];
  const texts = duplicatesIn(body.toString('utf8')).map((path) => `duplicate field "${path}"`);
  if (texts.length === 0 || fieldValidation === 'Warn') return texts;
  const where = `${kind} in version "${version}" cannot be handled as a ${kind}`;
  throw StatusError.badRequest(`${where}: strict decoding error: ${texts.join(', ')}`);
}

async function answerWritten(
  call: Call,
  asked: Asked,
  written: Written,
  doubled: readonly string[] = [],
): Promise<void> {
  const { object, created, warnings } = written;
  await answerObject(call, asked, created ? 201 : 200, object, [...doubled, ...warnings]);
}

async function answerObject(
  call: Call,
  asked: Asked,
  code: number,
  object: KubeObject,
  warnings: readonly string[] = [],
) {
  const kind = asked.subresource === 'scale' ? { ...asked.kind, ...scaleKind } : asked.kind;
  const view = viewOf(kind, asked.form, call.info.query, () => call.parts.pace.now());
  await answer(call, code, view.object(object), { form: asked.form, warnings });
}
