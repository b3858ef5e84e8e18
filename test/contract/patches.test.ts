/** Patches of all kinds, and server-side apply. */
import {
  asApply,
  asJson,
  asMerge,
  asStrategic,
  configMap,
  configMaps,
  container,
  deployment,
  deployments,
  services,
} from './objects.ts';
import { contract } from './suite.ts';

const applied = (name: string, data: object, more: object = {}) => ({ ...configMap(name, data as never, more) });
const manager = (name: string, more = '') => `?fieldManager=${name}${more}`;
const service = (name: string, ports: readonly object[]) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { clusterIP: 'None', selector: { app: name }, ports },
});

contract('patches', {
  'JSON patch': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('p-json', { a: '1', b: '2' }));
    const patch = [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '3' },
      { op: 'add', path: '/metadata/labels', value: { x: 'y' } },
      { op: 'remove', path: '/data/b' },
      { op: 'copy', from: '/data/a', path: '/data/c' },
      { op: 'move', from: '/data/c', path: '/data/d' },
    ];
    await ask('PATCH', `${configMaps}/p-json`, patch, asJson);
  },
  'JSON patch that does not fit': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('p-json-bad'));
    for (const patch of [
      [{ op: 'test', path: '/data/a', value: '2' }],
      [{ op: 'remove', path: '/data/none' }],
      [{ op: 'replace', path: '/data/none', value: '1' }],
      [{ op: 'jump', path: '/data/a' }],
      [{ op: 'add', path: '/metadata/name', value: 'other' }],
      { op: 'add' },
    ])
      await ask('PATCH', `${configMaps}/p-json-bad`, patch, asJson);
  },
  'merge patch': async ({ ask, prepare }) => {
    await prepare('POST', configMaps, configMap('p-merge', { a: '1', b: '2' }));
    await ask('PATCH', `${configMaps}/p-merge`, { data: { a: null, c: '3' } }, asMerge);
    await ask('PATCH', `${configMaps}/p-merge`, '[1]', asMerge);
    await ask('PATCH', `${configMaps}/p-merge`, '{"data":', asMerge);
    await ask('PATCH', `${configMaps}/p-merge`, { metadata: { resourceVersion: '1' }, data: { a: '4' } }, asMerge);
    await ask('PATCH', `${configMaps}/none`, { data: {} }, asMerge);
  },
  'strategic merge of containers by name': async ({ ask, prepare }) => {
    await prepare('POST', deployments, deployment('p-strategic'));
    const template = (spec: object) => ({ spec: { template: { spec } } });
    const env = [{ name: 'A', value: '1' }];
    await ask('PATCH', `${deployments}/p-strategic`, template({ containers: [{ name: 'main', env }] }), asStrategic);
    await ask(
      'PATCH',
      `${deployments}/p-strategic`,
      template({ containers: [container({ name: 'second' })] }),
      asStrategic,
    );
    const gone = template({ containers: [{ name: 'second', $patch: 'delete' }] });
    await ask('PATCH', `${deployments}/p-strategic`, gone, asStrategic);
    const replaced = template({
      containers: [{ name: 'main', env: [{ $patch: 'replace' }, { name: 'B', value: '2' }] }],
    });
    await ask('PATCH', `${deployments}/p-strategic`, replaced, asStrategic);
  },
  'strategic merge of a strategy': async ({ ask, prepare }) => {
    await prepare('POST', deployments, deployment('p-retain'));
    const strategy = { type: 'Recreate' };
    await ask('PATCH', `${deployments}/p-retain`, { spec: { strategy } }, asStrategic);
    const retained = { spec: { strategy: { ...strategy, $retainKeys: ['type'] } } };
    await ask('PATCH', `${deployments}/p-retain`, retained, asStrategic);
  },
  'strategic merge of what is custom': async ({ ask }) => {
    const path = '/apis/app.sealos.io/v1/namespaces/{ns}/instances/none';
    await ask('PATCH', path, { spec: {} }, asStrategic);
  },
  'apply makes, and makes nothing twice': async ({ ask }) => {
    await ask('PATCH', `${configMaps}/a-new${manager('one')}`, applied('a-new', { a: '1' }), asApply);
    await ask('PATCH', `${configMaps}/a-new${manager('one')}`, applied('a-new', { a: '1' }), asApply);
  },
  'apply needs a manager': async ({ ask }) => {
    await ask('PATCH', `${configMaps}/a-who`, applied('a-who', { a: '1' }), asApply);
    await ask('PATCH', `${configMaps}/a-who${manager('x'.repeat(200))}`, applied('a-who', { a: '1' }), asApply);
  },
  'apply removes what is no longer applied': async ({ ask }) => {
    await ask('PATCH', `${configMaps}/a-less${manager('one')}`, applied('a-less', { a: '1', b: '2' }), asApply);
    await ask('PATCH', `${configMaps}/a-less${manager('one')}`, applied('a-less', { a: '1' }), asApply);
  },
  'apply shares what is the same, and conflicts over what is not': async ({ ask }) => {
    await ask('PATCH', `${configMaps}/a-conflict${manager('one')}`, applied('a-conflict', { a: '1', b: '1' }), asApply);
    await ask('PATCH', `${configMaps}/a-conflict${manager('two')}`, applied('a-conflict', { a: '1' }), asApply);
    await ask('PATCH', `${configMaps}/a-conflict${manager('two')}`, applied('a-conflict', { a: '2', b: '2' }), asApply);
    const forced = manager('two', '&force=true');
    await ask('PATCH', `${configMaps}/a-conflict${forced}`, applied('a-conflict', { a: '2', b: '2' }), asApply);
    await ask('PATCH', `${configMaps}/a-conflict${manager('one')}`, applied('a-conflict', {}), asApply);
  },
  'apply conflicts with who updated': async ({ ask, prepare }) => {
    await prepare('PATCH', `${deployments}/a-update${manager('one')}`, deployment('a-update'), asApply);
    await prepare(
      'PATCH',
      `${deployments}/a-update${manager('scaler')}`,
      { spec: { replicas: 0, paused: true } },
      asMerge,
    );
    const wanted = deployment('a-update', { paused: false });
    await ask('PATCH', `${deployments}/a-update${manager('one')}`, wanted, asApply);
    await ask('PATCH', `${deployments}/a-update${manager('one', '&force=true')}`, wanted, asApply);
  },
  'apply of lists by their keys': async ({ ask }) => {
    const http = { name: 'http', port: 80 };
    const other = { name: 'other', port: 81, protocol: 'TCP' };
    await ask('PATCH', `${services}/a-ports${manager('one')}`, service('a-ports', [http]), asApply);
    await ask('PATCH', `${services}/a-ports${manager('two')}`, service('a-ports', [other]), asApply);
    await ask('PATCH', `${services}/a-ports${manager('one')}`, service('a-ports', [{ ...http, port: 82 }]), asApply);
  },
  'apply of a list with a key twice': async ({ ask }) => {
    const twice = [
      { name: 'a', port: 80 },
      { name: 'b', port: 80 },
    ];
    await ask('PATCH', `${services}/a-twice${manager('one')}`, service('a-twice', twice), asApply);
  },
  'apply under strict validation': async ({ ask }) => {
    const wrong = { ...applied('a-strict', { a: '1' }), dat: {} };
    await ask('PATCH', `${configMaps}/a-strict${manager('one', '&fieldValidation=Strict')}`, wrong, asApply);
    await ask('PATCH', `${configMaps}/a-strict${manager('one', '&fieldValidation=Warn&dryRun=All')}`, wrong, asApply);
    await ask('PATCH', `${deployments}/a-strict${manager('one')}`, deployment('a-strict', { replicas: 'x' }), asApply);
  },
  'apply under another name, and of another kind': async ({ ask }) => {
    await ask('PATCH', `${configMaps}/a-name${manager('one')}`, applied('a-other', {}), asApply);
    await ask('PATCH', `${configMaps}/a-name${manager('one')}`, { ...applied('a-name', {}), kind: 'Secret' }, asApply);
  },
  'apply with managedFields in it': async ({ ask }) => {
    const mine = applied('a-managed', {}, { managedFields: [{ manager: 'x' }] });
    await ask('PATCH', `${configMaps}/a-managed${manager('one')}`, mine, asApply);
  },
  'apply as a dry run': async ({ ask }) => {
    await ask('PATCH', `${configMaps}/a-dry${manager('one', '&dryRun=All')}`, applied('a-dry', { a: '1' }), asApply);
    await ask('GET', `${configMaps}/a-dry`);
  },
  'managedFields emptied': async ({ ask, prepare }) => {
    await prepare('PATCH', `${configMaps}/a-empty${manager('one')}`, applied('a-empty', { a: '1' }), asApply);
    await ask('PATCH', `${configMaps}/a-empty`, { metadata: { managedFields: [{}] } }, asMerge);
  },
  scale: async ({ ask, prepare }) => {
    await prepare('PATCH', `${deployments}/a-scale${manager('one')}`, deployment('a-scale'), asApply);
    await ask('GET', `${deployments}/a-scale/scale`);
    await ask('PATCH', `${deployments}/a-scale/scale${manager('scaler')}`, { spec: { replicas: -1 } }, asMerge);
  },
  'status is its own': async ({ ask, prepare }) => {
    await prepare('POST', deployments, deployment('a-status', { paused: true }));
    await ask('GET', `${deployments}/a-status/status`);
  },
});
