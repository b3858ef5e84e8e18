import { expect, test } from 'vitest';
import type { Json } from '../../source/stack/types.ts';
import { substitute, variablesIn } from '../../source/stack/variables.ts';

const values: Record<string, Json> = {
  app: 'posthog',
  'web.replicas': 2,
  'web.resources': { limits: { cpu: '2' } },
  evil: 'x"\n  - injected: true',
};
const lookup = (path: string): Json => {
  const value = values[path];
  if (value === undefined) throw new RangeError(path);
  return value;
};

test('a scalar that is one variable takes the value with its type', () => {
  expect(substitute({ replicas: '${web.replicas}', resources: '${web.resources}' }, lookup)).toEqual({
    replicas: 2,
    resources: { limits: { cpu: '2' } },
  });
});

test('inside text and keys the value is put in as text', () => {
  expect(substitute({ 'name-${app}': ['${app}-worker', '$(PGHOST_):5432 $HOME ${UPPER}'] }, lookup)).toEqual({
    'name-posthog': ['posthog-worker', '$(PGHOST_):5432 $HOME ${UPPER}'],
  });
});

test('a value cannot break out of its scalar', () => {
  expect(substitute({ env: [{ name: 'A', value: 'host: ${evil}' }] }, lookup)).toEqual({
    env: [{ name: 'A', value: 'host: x"\n  - injected: true' }],
  });
});

test('a tree cannot stand inside text', () => {
  expect(() => substitute('cpu ${web.resources}', lookup)).toThrow(TypeError);
});

test('an unknown variable is an error', () => {
  expect(() => substitute(['${nosuch}'], lookup)).toThrow('nosuch');
});

test('every variable a tree reads is found, keys included', () => {
  expect([...variablesIn({ 'a-${app}': ['${web.replicas} ${app}', { b: '${web.resources}' }] })].sort()).toEqual([
    'app',
    'web.replicas',
    'web.resources',
  ]);
});
