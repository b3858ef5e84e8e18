/** Create, read, update, delete, and what is refused on the way. */
import { configMap, configMaps, deployment, deployments, pods, secrets } from './objects.ts';
import { contract } from './suite.ts';

const long = 'x'.repeat(300);

contract('objects', {
  'create, get, update, delete': async ({ ask }) => {
    await ask('POST', configMaps, configMap('c-crud'));
    const got = await ask('GET', `${configMaps}/c-crud`);
    await ask('PUT', `${configMaps}/c-crud`, { ...got, data: { b: '2' } });
    await ask('DELETE', `${configMaps}/c-crud`);
    await ask('GET', `${configMaps}/c-crud`);
  },
  'what exists already': async ({ ask }) => {
    await ask('POST', configMaps, configMap('c-twice'));
    await ask('POST', configMaps, configMap('c-twice'));
  },
  'an update of an old version': async ({ ask, prepare }) => {
    const first = await prepare('POST', configMaps, configMap('c-old'));
    await prepare('PUT', `${configMaps}/c-old`, { ...first, data: { a: '2' } });
    await ask('PUT', `${configMaps}/c-old`, { ...first, data: { a: '3' } });
  },
  'an update without a version': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('c-unversioned'));
    await ask('PUT', `${configMaps}/c-unversioned`, configMap('c-unversioned', { a: '2' }));
  },
  'an update that changes nothing keeps the version': async ({ ask, prepare }) => {
    const made = await prepare('POST', configMaps, configMap('c-same'));
    const same = await ask('PUT', `${configMaps}/c-same`, made);
    if (same.metadata.resourceVersion !== made.metadata.resourceVersion) throw new Error('it got a new version');
  },
  'an update under another name': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('c-name'));
    await ask('PUT', `${configMaps}/c-name`, configMap('c-other'));
  },
  'an update of what is not there': async ({ ask }) => {
    await ask('PUT', `${configMaps}/c-absent`, configMap('c-absent'));
  },
  'another namespace in the body': async ({ ask }) => {
    await ask('POST', configMaps, configMap('c-elsewhere', {}, { namespace: 'other' }));
  },
  'a uid that is not its': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('c-uid'));
    await ask('PUT', `${configMaps}/c-uid`, configMap('c-uid', {}, { uid: '11111111-1111-1111-1111-111111111111' }));
  },
  'delete what is not there': async ({ ask }) => {
    await ask('DELETE', `${configMaps}/c-absent`);
  },
  'delete with preconditions': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('c-pre'));
    const uid = '11111111-1111-1111-1111-111111111111';
    await ask('DELETE', `${configMaps}/c-pre`, { preconditions: { uid } });
    await ask('DELETE', `${configMaps}/c-pre`, { preconditions: { resourceVersion: '1' } });
  },
  'a finalizer holds it': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('c-final', {}, { finalizers: ['example.com/wait'] }));
    await ask('DELETE', `${configMaps}/c-final`);
    await ask('GET', `${configMaps}/c-final`);
    const headers = { 'content-type': 'application/merge-patch+json' };
    await ask('PATCH', `${configMaps}/c-final`, { metadata: { finalizers: null } }, headers);
    await ask('GET', `${configMaps}/c-final`);
  },
  'propagation policies': async ({ ask, prepare }) => {
    await prepare('POST', deployments, deployment('c-foreground'));
    await ask('DELETE', `${deployments}/c-foreground?propagationPolicy=Sideways`);
    await ask('DELETE', `${deployments}/c-foreground?propagationPolicy=Orphan&dryRun=All`);
  },
  'a dry run keeps nothing': async ({ ask }) => {
    await ask('POST', `${configMaps}?dryRun=All`, configMap('c-dry'));
    await ask('GET', `${configMaps}/c-dry`);
    await ask('POST', `${configMaps}?dryRun=Some`, configMap('c-dry'));
  },
  'delete as a dry run': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('c-dry-delete'));
    await ask('DELETE', `${configMaps}/c-dry-delete?dryRun=All`);
    await ask('GET', `${configMaps}/c-dry-delete`);
  },
  generateName: async ({ ask }) => {
    const made = await ask('POST', `${configMaps}?dryRun=All`, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { generateName: 'c-gen-' },
    }).catch(() => undefined);
    if (made && !/^c-gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(made.metadata.name))
      throw new Error(made.metadata.name);
  },
  'no name at all': async ({ ask }) => {
    await ask('POST', configMaps, { apiVersion: 'v1', kind: 'ConfigMap' });
  },
  'a kind that does not belong there': async ({ ask }) => {
    await ask('POST', configMaps, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c-kind' } });
  },
  'a version that does not belong there': async ({ ask }) => {
    await ask('POST', configMaps, { apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'c-version' } });
  },
  'no kind': async ({ ask }) => {
    await ask('POST', configMaps, { metadata: { name: 'c-nokind' } });
  },
  'malformed JSON': async ({ ask }) => {
    await ask('POST', configMaps, '{"apiVersion": "v1", ');
  },
  'an empty body': async ({ ask }) => {
    await ask('POST', configMaps, '');
  },
  YAML: async ({ ask }) => {
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c-yaml}\ndata:\n  a: "1"\n';
    await ask('POST', configMaps, body, { 'content-type': 'application/yaml' });
  },
  'malformed YAML': async ({ ask }) => {
    await ask('POST', configMaps, 'a: b: c', { 'content-type': 'application/yaml' });
  },
  'a content type that nobody speaks': async ({ ask }) => {
    await ask('POST', configMaps, 'x', { 'content-type': 'text/csv' });
  },
  'a patch type that nobody speaks': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('c-patch-type'));
    await ask('PATCH', `${configMaps}/c-patch-type`, '{}', { 'content-type': 'application/json' });
  },
  'an answer that nobody can give': async ({ ask }) => {
    await ask('GET', configMaps, undefined, { accept: 'text/csv' });
  },
  'a string where an object belongs': async ({ ask }) => {
    await ask('POST', configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c-type' }, data: 'x' });
  },
  'a number where a string belongs': async ({ ask }) => {
    await ask('POST', configMaps, configMap('c-number', { a: 1 }));
  },
  'a string where a number belongs': async ({ ask }) => {
    await ask('POST', deployments, deployment('c-replicas', { replicas: 'three' }));
  },
  'names that are none': async ({ ask }) => {
    for (const name of ['Upper', 'a_b', '-a', 'a.', 'with/slash', long, ''])
      await ask('POST', `${configMaps}?dryRun=All`, configMap(name));
  },
  'names with dots': async ({ ask }) => {
    await ask('POST', `${configMaps}?dryRun=All`, configMap('a.b.c'));
    await ask('GET', `${configMaps}/a.b.c`);
    await ask('GET', `${configMaps}/${long}`);
  },
  'labels and annotations that are none': async ({ ask }) => {
    await ask('POST', `${configMaps}?dryRun=All`, configMap('c-label', {}, { labels: { 'a b': 'c d' } }));
    await ask('POST', `${configMaps}?dryRun=All`, configMap('c-label', {}, { labels: { a: long } }));
    await ask('POST', `${configMaps}?dryRun=All`, configMap('c-note', {}, { annotations: { 'a b': 'x' } }));
  },
  'keys of a ConfigMap that are none': async ({ ask }) => {
    await ask('POST', `${configMaps}?dryRun=All`, configMap('c-key', { 'a/b': 'x' }));
    await ask('POST', `${configMaps}?dryRun=All`, configMap('c-key', { '..': 'y' }));
  },
  'an immutable ConfigMap': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, { ...configMap('c-fixed'), immutable: true });
    const headers = { 'content-type': 'application/merge-patch+json' };
    await ask('PATCH', `${configMaps}/c-fixed`, { data: { a: '2' } }, headers);
    await ask('PATCH', `${configMaps}/c-fixed`, { immutable: false }, headers);
  },
  'a Secret from strings': async ({ ask }) => {
    await ask('POST', secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'c-secret' },
      data: { a: 'YQ==' },
      stringData: { b: 'b', a: 'over' },
    });
  },
  'a Secret that is no base64': async ({ ask }) => {
    await ask('POST', secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c-b64' }, data: { a: '***' } });
  },
  'a Secret of a type that needs keys': async ({ ask }) => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c-tls' }, type: 'kubernetes.io/tls' };
    await ask('POST', `${secrets}?dryRun=All`, secret);
  },
  'a type that cannot change': async ({ ask, prepare }) => {
    const made = await prepare('POST', secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'c-kindly' } });
    await ask('PUT', `${secrets}/c-kindly`, { ...made, type: 'example.com/other' });
  },
  'unknown fields': async ({ ask }) => {
    const wrong = { ...deployment('c-unknown', { replicaz: 1 }), extra: true };
    for (const level of ['Strict', 'Warn', 'Ignore', 'Loud'])
      await ask('POST', `${deployments}?dryRun=All&fieldValidation=${level}`, wrong);
  },
  'a key twice': async ({ ask }) => {
    const body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c-dup"},"data":{"a":"1","a":"2"}}';
    await ask('POST', `${configMaps}?dryRun=All&fieldValidation=Strict`, body);
    await ask('POST', `${configMaps}?dryRun=All&fieldValidation=Warn`, body);
  },
  'paths that lead nowhere': async ({ ask }) => {
    for (const path of ['/nothing', '/api/v2', '/apis/none.example.com/v1', `${configMaps}x`, '/apis/apps/v1/x/y/z'])
      await ask('GET', path);
  },
  'verbs that are not served': async ({ ask }) => {
    await ask('PUT', configMaps, {});
    await ask('POST', `${configMaps}/x`, configMap('x'));
    await ask('DELETE', '/version');
  },
  'other namespaces': async ({ ask }) => {
    await ask('GET', '/api/v1/namespaces/kube-system/pods');
    await ask('GET', '/api/v1/namespaces');
    await ask('GET', '/api/v1/nodes');
    await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'c-ns' } });
    await ask('GET', '/api/v1/pods');
    await ask('GET', '/api/v1/namespaces/kube-system/secrets/x');
  },
  'who nobody knows': async ({ ask }) => {
    await ask('GET', pods, undefined, { authorization: 'Bearer nobody' });
    await ask('GET', '/version', undefined, { authorization: 'Bearer nobody' });
  },
});
