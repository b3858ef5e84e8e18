/** Lists, selectors, pages, tables, watches, discovery, reviews. */
import type { Json } from './client.ts';
import { asMerge, configMap, configMaps, deployment, deployments, pods, secrets, services } from './objects.ts';
import { contract, type Talk } from './suite.ts';

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const partial = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json' };
const partialOne = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json' };

/** Three ConfigMaps of one case, told apart by labels. */
async function three({ prepare }: Talk, prefix: string): Promise<readonly Json[]> {
  const made: Json[] = [];
  for (const [name, tier] of [
    ['a', 'front'],
    ['b', 'back'],
    ['c', 'back'],
  ])
    made.push(
      await prepare('POST', configMaps, configMap(`${prefix}-${name}`, { a: '1' }, { labels: { case: prefix, tier } })),
    );
  return made;
}
const review = (kind: string, spec: object) => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec });

contract('reads', {
  'a list by label': async (talk) => {
    await three(talk, 'r-label');
    for (const selector of [
      'case=r-label',
      'case=r-label,tier=back',
      'case=r-label,tier!=back',
      'case=r-label,tier in (front,other)',
      'case=r-label,tier notin (front)',
      'case=r-label,!tier',
      'case==r-label,tier',
    ])
      await talk.ask('GET', `${configMaps}?labelSelector=${encodeURIComponent(selector)}`);
  },
  'selectors that are none': async ({ ask }) => {
    for (const selector of ['a=b=c', 'a in b', '!', 'a b', '=', 'a in (b', 'x y=z'])
      await ask('GET', `${configMaps}?labelSelector=${encodeURIComponent(selector)}`);
    for (const selector of ['data.a=1', 'metadata.name', 'metadata.name>x'])
      await ask('GET', `${configMaps}?fieldSelector=${encodeURIComponent(selector)}`);
    await ask('GET', `${pods}?fieldSelector=status.wrong%3Dx`);
  },
  'a list by field': async (talk) => {
    await three(talk, 'r-field');
    await talk.ask('GET', `${configMaps}?fieldSelector=metadata.name%3Dr-field-b`);
    await talk.ask('GET', `${configMaps}?labelSelector=case%3Dr-field&fieldSelector=metadata.name!%3Dr-field-b`);
    await talk.ask('GET', `${secrets}?fieldSelector=type%3Dexample.com/none`);
    await talk.ask('GET', `${pods}?fieldSelector=status.phase%3DRunning,spec.nodeName%3Dnone`);
  },
  'a list in pages': async (talk) => {
    await three(talk, 'r-page');
    const path = `${configMaps}?labelSelector=case%3Dr-page&limit=2`;
    const first = await talk.ask('GET', path);
    await talk.ask('GET', `${path}&continue=${encodeURIComponent(first.metadata.continue)}`);
  },
  'tokens of pages that are none': async ({ ask }) => {
    await ask('GET', `${configMaps}?limit=2&continue=nonsense`);
    await ask('GET', `${configMaps}?limit=-1`);
    await ask('GET', `${configMaps}?limit=x`);
  },
  'versions that are none': async ({ ask }) => {
    await ask('GET', `${configMaps}?resourceVersion=abc`);
    await ask('GET', `${configMaps}?watch=1&resourceVersion=abc`);
    await ask('GET', `${configMaps}?resourceVersionMatch=Exact`);
  },
  'a table of ConfigMaps': async (talk) => {
    await three(talk, 'r-table');
    const answer = await talk.prepare('GET', `${configMaps}?labelSelector=case%3Dr-table`, undefined, table);
    const cells = answer.rows.map(({ cells: [name, data] }: Json) => [name, data]);
    if (JSON.stringify(cells) !== '[["r-table-a",1],["r-table-b",1],["r-table-c",1]]') throw new Error(cells);
  },
  'columns of tables': async ({ ask }) => {
    for (const path of [configMaps, secrets, services, pods, deployments])
      await ask('GET', `${path}?labelSelector=case%3Dnone`, undefined, table);
    for (const path of ['apps/v1', 'batch/v1', 'networking.k8s.io/v1', 'policy/v1', 'coordination.k8s.io/v1'])
      for (const plural of { 'apps/v1': ['statefulsets', 'replicasets'], 'batch/v1': ['jobs'] }[path] ?? [])
        await ask('GET', `/apis/${path}/namespaces/{ns}/${plural}?labelSelector=case%3Dnone`, undefined, table);
    await ask('GET', '/api/v1/namespaces/{ns}/persistentvolumeclaims?labelSelector=case%3Dnone', undefined, table);
    await ask('GET', '/api/v1/namespaces/{ns}/events?labelSelector=case%3Dnone', undefined, table);
    await ask(
      'GET',
      '/apis/networking.k8s.io/v1/namespaces/{ns}/ingresses?labelSelector=case%3Dnone',
      undefined,
      table,
    );
    await ask(
      'GET',
      '/apis/apps.kubeblocks.io/v1alpha1/namespaces/{ns}/clusters?labelSelector=case%3Dnone',
      undefined,
      table,
    );
  },
  'metadata only': async (talk) => {
    await three(talk, 'r-meta');
    await talk.ask('GET', `${configMaps}?labelSelector=case%3Dr-meta`, undefined, partial);
    await talk.ask('GET', `${configMaps}/r-meta-a`, undefined, partialOne);
  },
  'a watch from a version': async (talk) => {
    const made = await three(talk, 'r-watch');
    const since = made[2].metadata.resourceVersion;
    await talk.prepare('PATCH', `${configMaps}/r-watch-a`, { data: { a: '2' } }, asMerge);
    await talk.prepare('DELETE', `${configMaps}/r-watch-b`);
    await talk.prepare('POST', configMaps, configMap('r-watch-d', {}, { labels: { case: 'r-watch' } }));
    await talk.ask(
      'GET',
      `${configMaps}?watch=1&labelSelector=case%3Dr-watch&timeoutSeconds=1&resourceVersion=${since}`,
    );
  },
  'a watch sees what leaves and enters its selection': async (talk) => {
    const made = await three(talk, 'r-select');
    const since = made[2].metadata.resourceVersion;
    await talk.prepare('PATCH', `${configMaps}/r-select-a`, { metadata: { labels: { tier: 'back' } } }, asMerge);
    await talk.prepare('PATCH', `${configMaps}/r-select-b`, { metadata: { labels: { tier: 'front' } } }, asMerge);
    const selector = encodeURIComponent('case=r-select,tier=back');
    await talk.ask('GET', `${configMaps}?watch=1&labelSelector=${selector}&timeoutSeconds=1&resourceVersion=${since}`);
  },
  'a watch that begins with what is there': async (talk) => {
    await three(talk, 'r-initial');
    const query = 'watch=1&labelSelector=case%3Dr-initial&timeoutSeconds=1';
    await talk.ask('GET', `${configMaps}?${query}&resourceVersion=0`);
    await talk.ask(
      'GET',
      `${configMaps}?${query}&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
    );
    await talk.ask('GET', `${configMaps}?${query}&sendInitialEvents=true`);
  },
  'a watch from too long ago': async ({ ask }) => {
    await ask('GET', `${configMaps}?watch=1&resourceVersion=1&timeoutSeconds=1`);
  },
  'discovery of the core': async ({ ask }) => {
    await ask('GET', '/api');
    const { groups } = await ask('GET', '/apis/apps');
    if (groups) throw new Error('that is all groups');
    await ask('GET', '/version/');
  },
  'discovery of resources': async ({ prepare, ask }) => {
    for (const version of ['/api/v1', '/apis/apps/v1', '/apis/batch/v1']) {
      const { resources } = await prepare('GET', version);
      const names = resources.map(({ name }: Json) => name);
      if (!names.some((name: string) => ['pods/log', 'deployments/scale', 'jobs/status'].includes(name)))
        throw new Error(names.join());
    }
    await ask('GET', '/apis/none.example.com');
  },
  'may I': async ({ ask }) => {
    const attributes = { namespace: '{ns}', verb: 'get', resource: 'pods' };
    for (const resourceAttributes of [
      { ...attributes, namespace: 'kube-system' },
      { verb: 'list', resource: 'nodes' },
      { ...attributes, namespace: '' },
    ])
      await ask(
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        review('SelfSubjectAccessReview', { resourceAttributes }),
      );
    await ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review('SelfSubjectAccessReview', {}));
    const whoami = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', whoami);
  },
  'logs of what is not there': async ({ ask }) => {
    await ask('GET', `${pods}/none/log`);
    await ask('GET', `${pods}/none/exec?command=ls`);
    await ask('POST', `${pods}/none/proxy/`);
    await ask('GET', `${services}/none/proxy/`);
  },
  'a deployment that nobody has to run': async ({ ask, prepare }) => {
    await prepare('POST', deployments, deployment('r-deploy'));
    await ask('GET', `${deployments}/r-deploy`);
  },
});
