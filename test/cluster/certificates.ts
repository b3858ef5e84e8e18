/** The cluster's own authorities and certificates, made by openssl. Private keys stay below the work directory. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { domain, type Layout, network, nodeName } from './layout.ts';
import { run } from './shell.ts';

interface Request {
  readonly name: string;
  readonly commonName: string;
  readonly organization?: string;
  readonly authority: string;
  readonly hosts?: readonly string[];
}

const requests: readonly Request[] = [
  {
    name: 'apiserver',
    commonName: 'kube-apiserver',
    authority: 'ca',
    hosts: [
      ...['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost', domain],
      ...['127.0.0.1', network.node, network.gateway, network.apiService],
    ],
  },
  { name: 'kubelet', commonName: nodeName, authority: 'ca', hosts: [nodeName, network.node] },
  { name: 'node', commonName: `system:node:${nodeName}`, organization: 'system:nodes', authority: 'ca' },
  { name: 'admin', commonName: 'cluster-admin', organization: 'system:masters', authority: 'ca' },
  { name: 'controller-manager', commonName: 'system:kube-controller-manager', authority: 'ca' },
  { name: 'scheduler', commonName: 'system:kube-scheduler', authority: 'ca' },
  { name: 'proxy', commonName: 'system:kube-proxy', authority: 'ca' },
  { name: 'gateway', commonName: `*.${domain}`, authority: 'gateway-ca', hosts: [domain, `*.${domain}`] },
];

const isAddress = (host: string): boolean => /^[\d.]+$/.test(host);

function extensionsOf({ hosts = [] }: Request): string {
  const names = hosts.map((host) => `${isAddress(host) ? 'IP' : 'DNS'}:${host}`).join(',');
  return [
    'basicConstraints=CA:FALSE',
    'keyUsage=digitalSignature',
    'extendedKeyUsage=serverAuth,clientAuth',
    ...(names ? [`subjectAltName=${names}`] : []),
  ].join('\n');
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function makeAuthority(folder: string, name: string, openssl: Openssl): Promise<void> {
  const extensions = ['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=keyCertSign,cRLSign'];
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
  await openssl([
    'req',
    '-x509',
    ...newKey,
    '-days',
    '3650',
    '-subj',
    `/CN=${name} of the test cluster`,
    ...extensions,
    ...files,
  ]);
}

async function makeCertificate(folder: string, request: Request, openssl: Openssl): Promise<void> {
  const file = (suffix: string): string => join(folder, `${request.name}.${suffix}`);
  const authority = join(folder, request.authority);
  const subject = `${request.organization ? `/O=${request.organization}` : ''}/CN=${request.commonName}`;
  await writeFile(file('ext'), extensionsOf(request));
  await openssl(['req', '-new', ...newKey, '-subj', subject, '-keyout', file('key'), '-out', file('csr')]);
  const signed = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-days', '3650', '-extfile', file('ext')];
  await openssl(['x509', '-req', '-in', file('csr'), ...signed, '-out', file('crt')]);
}

type Openssl = (args: readonly string[]) => Promise<unknown>;

/** Makes every key and certificate of a new cluster. */
export async function makeCertificates(
  layout: Layout,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const openssl: Openssl = (args) => run('openssl', args, { env: environment, signal });
  await mkdir(layout.pki, { recursive: true, mode: 0o700 });
  await Promise.all(['ca', 'gateway-ca'].map((name) => makeAuthority(layout.pki, name, openssl)));
  await Promise.all([
    ...requests.map((request) => makeCertificate(layout.pki, request, openssl)),
    openssl(['genrsa', '-out', join(layout.pki, 'service-accounts.key'), '2048']),
  ]);
}

/** A kubeconfig of one of the cluster's own programs, with its certificate by path. */
export function kubeconfigOf(layout: Layout, server: string, certificate: string, namespace = 'default'): string {
  const file = (name: string): string => join(layout.pki, name);
  const name = 'test-cluster';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority': file('ca.crt') } }],
    users: [
      {
        name: certificate,
        user: { 'client-certificate': file(`${certificate}.crt`), 'client-key': file(`${certificate}.key`) },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: certificate, namespace } }],
    'current-context': name,
  });
}
