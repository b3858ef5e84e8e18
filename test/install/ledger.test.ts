import { describe, expect, test } from 'vitest';
import { type Ledger, ledgerObject, parseLedger, readLedger, writeLedger } from '../../source/install/ledger.ts';
import { defaultAnswers } from '../../source/stack/answers.ts';
import { MemoryCluster } from '../support/memory-cluster.ts';

const never = new AbortController().signal;
const ledger: Ledger = {
  app: 'posthog',
  answers: {
    ...defaultAnswers,
    mail: { host: 'm', port: 25, from: 'x', tls: true, password: 'hunter2' },
    s3: { endpoint: 'https://s', region: 'r', bucket: 'b', accessKey: 'k', secretKey: 'hunter3' },
  },
  host: 'posthog.example.com',
  url: 'https://posthog.example.com',
  jobs: { 'posthog-migrate-12345678': '2026-01-01T00:00:00.000Z' },
  finished: true,
  journal: [{ at: '2026-01-01T00:00:00.000Z', by: 'laptop', action: 'install' }],
};

test('what is written is read again, without secrets', async () => {
  const cluster = new MemoryCluster();
  await writeLedger(cluster.asCluster(), ledger, never);
  const { password: _, ...mail } = ledger.answers.mail ?? {};
  const { secretKey: __, ...s3 } = ledger.answers.s3 ?? {};
  expect(await readLedger(cluster.asCluster(), 'posthog', never)).toEqual({
    ...ledger,
    answers: { ...ledger.answers, mail, s3 },
  });
  expect(JSON.stringify([...cluster.objects.values()])).not.toContain('hunter');
});

test('the journal does not grow for ever', () => {
  const long = {
    ...ledger,
    journal: Array.from({ length: 500 }, (_, index) => ({ at: String(index), by: 'x', action: 'change' })),
  };
  const kept = parseLedger(ledgerObject(long, 'ns')).journal;
  expect(kept).toHaveLength(200);
  expect(kept.at(-1)?.at).toBe('499');
});

describe('a record that cannot be read is refused, not guessed', () => {
  test.each<[name: string, data: object, words: string]>([
    ['newer', { version: '2' }, 'newer posthog-sealos'],
    ['damaged', { answers: '{' }, 'cannot be read'],
    ...[
      'null',
      '{}',
      '[]',
      '"x"',
      '{"name":"posthog","size":"huge","release":"2026.09","components":{}}',
      '{"name":"posthog","size":"__proto__","release":"2026.09","components":{}}',
      '{"name":"posthog","size":"small","release":"2026.09","components":null}',
      '{"name":"posthog","size":"small","release":"2026.09","components":{"web":2}}',
      '{"name":"posthog","size":"small","components":{}}',
    ].map((answers): [string, object, string] => [`with the answers ${answers}`, { answers }, 'cannot be read']),
    ['with no list of Jobs', { jobs: 'null' }, 'cannot be read'],
    ['with no journal', { journal: '{}' }, 'cannot be read'],
  ])('%s', (_, data, words) => {
    const object = ledgerObject(ledger, 'ns');
    expect(() => parseLedger({ ...object, data: { ...(object['data'] as object), ...data } })).toThrow(
      expect.objectContaining({ exit: 3, message: expect.stringContaining(words), object: 'ConfigMap/posthog-ledger' }),
    );
  });
});

test('without a record there is no install of ours', async () => {
  expect(await readLedger(new MemoryCluster().asCluster(), 'posthog', never)).toBeUndefined();
});
