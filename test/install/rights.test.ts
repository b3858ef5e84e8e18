import { describe, expect, test } from 'vitest';
import type { AccessQuestion } from '../../source/cluster/types.ts';
import type { PreflightSubject } from '../../source/install/finding.ts';
import { checkRights } from '../../source/install/rights.ts';
import { en } from '../../source/messages/en/index.ts';
import { observedKinds } from '../../source/observe/types.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { defaultPlatform } from '../../source/stack/model.ts';
import { render } from '../../source/stack/render.ts';
import { LivingCluster, outsideOf } from '../support/living-cluster.ts';

const never = new AbortController().signal;
const s3 = { endpoint: 'https://s3.example.com', bucket: 'b', accessKey: 'a', secretKey: 'k', region: 'r' };
const named = ({ verb, group, resource, subresource }: AccessQuestion) =>
  `${verb} ${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}`;

async function checked(may: (right: string) => boolean, { dryRun = false, ownStorage = false } = {}) {
  const cluster = new LivingCluster();
  const asked: string[] = [];
  cluster.may = (question) => {
    asked.push(named(question));
    return may(named(question));
  };
  const answers = ownStorage ? { ...defaultAnswers, s3 } : defaultAnswers;
  const subject = { answers, dryRun } as unknown as PreflightSubject;
  const { verdict, message, hint } = await checkRights(outsideOf(cluster).outside, subject, never);
  return { verdict, message: message(en), hint: hint?.(en), asked };
}

describe('what is asked for', () => {
  const plural = (kind: string) => (kind.endsWith('s') ? `${kind}es` : `${kind}s`.replace(/ys$/, 'ies')).toLowerCase();
  const resourceOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }) =>
    plural(kind) + (apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '');

  test('is all that is needed to make what the stack consists of', async () => {
    const { asked } = await checked(() => true);
    const input = {
      answers: { ...defaultAnswers, host: 'posthog.example.com' },
      namespace: 'ns-abcd1234',
      host: 'posthog.example.com',
      platform: defaultPlatform,
      migrate: 'install',
      urls: 'composed',
    } as const;
    const made = new Set(render(input).map(({ object }) => resourceOf(object)));
    expect(made.size).toBeGreaterThan(8);
    for (const resource of [...made, 'secrets'])
      expect(asked).toEqual(expect.arrayContaining(['create', 'patch', 'get'].map((verb) => `${verb} ${resource}`)));
  });

  test('is all that is needed to see how it comes up', async () => {
    const { asked } = await checked(() => true);
    for (const kind of Object.values(observedKinds))
      expect(asked).toEqual(expect.arrayContaining(['list', 'watch'].map((verb) => `${verb} ${resourceOf(kind)}`)));
  });

  test('is all that is needed for the lock, for Jobs made anew, for logs and for the proof', async () => {
    const { asked } = await checked(() => true);
    const others = ['create', 'get', 'update', 'delete'].map((verb) => `${verb} leases.coordination.k8s.io`);
    others.push('delete jobs.batch', 'get pods/log', 'create pods/exec', 'create pods/portforward');
    expect(asked).toEqual(expect.arrayContaining(others));
  });

  test('is no bucket where the user brings one', async () => {
    const bucket = 'create objectstoragebuckets.objectstorage.sealos.io';
    expect((await checked(() => true)).asked).toContain(bucket);
    expect((await checked(() => true, { ownStorage: true })).asked).not.toContain(bucket);
  });
});

describe('the verdict', () => {
  /** As a role that may read everything, sockets included, as their first verb is `get`. */
  const reads = (right: string) => /^(get|list|watch) /.test(right);
  const { rightsHint } = en.install.preflight;

  test('on a token that may do everything names how much that is', async () => {
    const { verdict, message, asked } = await checked(() => true);
    expect(verdict).toBe('pass');
    expect(Number(/\d+/.exec(message)?.[0])).toBe(asked.length - 2);
  });

  test.each([
    ['all', () => true, false, 'pass', undefined],
    ['reading, for an install', reads, false, 'fail', rightsHint],
    ['reading, for a look', reads, true, 'warn', rightsHint],
    ['writing only', (right: string) => !reads(right), false, 'fail', rightsHint],
    ['writing only, for a look', (right: string) => !reads(right), true, 'fail', rightsHint],
    ['nothing, for a look', () => false, true, 'fail', rightsHint],
    ['either verb of a socket: get', (right: string) => !/^create pods\//.test(right), false, 'pass', undefined],
    ['either verb of a socket: create', (right: string) => !/^get pods\/[ep]/.test(right), false, 'pass', undefined],
    [
      'reading without sockets, for a look',
      (right: string) => reads(right) && !/pods\/[ep]/.test(right),
      true,
      'warn',
      rightsHint,
    ],
    ['no socket at all', (right: string) => !/pods\/exec/.test(right), false, 'fail', rightsHint],
  ] as const)('%s', async (_, may, dryRun, verdict, hint) => {
    expect(await checked(may, { dryRun })).toMatchObject({ verdict, hint });
  });

  test('names what is missing, resource by resource', async () => {
    const lacking = ['create deployments.apps', 'patch deployments.apps', 'create secrets', 'get pods/log'];
    const { message } = await checked((right) => !lacking.includes(right));
    expect(message).toBe(
      en.install.preflight.rightsMissing('create secrets; create, patch deployments.apps; get pods/log'),
    );
    const { message: readOnly } = await checked((right) => right !== 'create secrets');
    expect(readOnly).toBe(en.install.preflight.rightsReadOnly('create secrets'));
  });
});
