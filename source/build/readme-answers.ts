/** The table of answers for the READMEs, from the schema that flags, `--set` and values files meet in. */
import { dictionaries, type Language } from '../messages/index.ts';
import { allowed, answerKeys, resolveAnswers, secretAnswers } from '../stack/answers.ts';
import { components, mostReplicas } from '../stack/components.ts';
import { markdownTable } from './table.ts';

const words = {
  en: {
    head: ['key', 'allowed', 'default'],
    secret: 'secret: not with `--set`',
    replicas: 'replicas',
    quantity: 'any part that has containers',
  },
  zh: {
    head: ['键', '允许的值', '默认值'],
    secret: '机密：不能用 `--set`',
    replicas: '副本数',
    quantity: '任何有容器的部件',
  },
} as const;

/** What a group needs before its other keys get defaults. */
const given = {
  mail: { host: 'mail.example.com', from: 'posthog@example.com' },
  s3: { endpoint: 'https://s3.example.com', bucket: 'posthog', accessKey: 'key' },
};

export function answersTable(language: Language): string {
  const t = dictionaries[language];
  const { head, secret, replicas, quantity } = words[language];
  const defaults = new Map(leaves(resolveAnswers([{ values: given, place: () => () => '' }])));
  for (const [key] of leaves(given)) defaults.delete(key);
  const plain = answerKeys.filter((key) => !key.startsWith('components.'));
  const rows = plain.map((key) => {
    const shown = key === 'mirror' ? 'mirror.REGISTRY' : key;
    const values = allowed(key)(t);
    return [`\`${shown}\``, secretAnswers.has(key) ? `${values} (${secret})` : values, defaults.get(key) ?? ''];
  });
  const sized = [
    ['`components.ID.cpu`, `components.ID.memory`', `${t.answers.allowed.quantity('')}; ${quantity}`, ''],
    ['`components.ID.replicas`', `${replicas}: ${scalable()}`, ''],
  ];
  return markdownTable(head, [...rows, ...sized]);
}

/** `web` 0-6, ...: what may run more than once, and how often. */
function scalable(): string {
  return components
    .flatMap(({ id, scaling }) => ('fixed' in scaling ? [] : [`\`${id}\` 0-${mostReplicas(scaling)}`]))
    .join(', ');
}

function leaves(value: object, path: readonly string[] = []): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (inner !== null && typeof inner === 'object') return leaves(inner, here);
    return inner === undefined ? [] : ([[here.join('.'), `\`${String(inner)}\``]] as [string, string][]);
  });
}
