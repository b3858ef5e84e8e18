import { describe, expect, test } from 'vitest';
import { UserError } from '../../source/errors.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { answerKeys, resolveAnswers } from '../../source/stack/answers.ts';
import { maxNameLength } from '../../source/stack/components.ts';

const from = (values: unknown, place = '--set') => ({ values, place: () => () => place });
const failure = (values: unknown, place?: string) => {
  try {
    resolveAnswers([from(values, place)]);
  } catch (error) {
    return error as UserError;
  }
  throw new Error('it was accepted');
};

describe('precedence and defaults', () => {
  test('nothing given is a small posthog without reports to its makers', () => {
    expect(resolveAnswers([])).toEqual({
      name: 'posthog',
      size: 'small',
      release: '2026.09',
      mirror: {},
      telemetry: false,
      components: {},
    });
  });

  test('the stronger source wins key by key', () => {
    const answers = resolveAnswers([
      from({ size: 'trial' }),
      from({ size: 'large', host: 'a.example.com', components: { web: { replicas: 2 } } }),
      from({ components: { web: { memory: '6Gi' } } }),
    ]);
    expect(answers).toMatchObject({
      size: 'trial',
      host: 'a.example.com',
      components: { web: { replicas: 2, memory: '6Gi' } },
    });
  });

  test('text from a command line becomes numbers and switches where they are meant', () => {
    const answers = resolveAnswers([
      from({
        'components.web.replicas': '3',
        telemetry: 'yes',
        'mail.host': 'mail.example.com',
        'mail.from': 'a@b.c',
        'mail.tls': 'off',
        'mail.port': '25',
      }),
    ]);
    expect(answers).toMatchObject({
      telemetry: true,
      components: { web: { replicas: 3 } },
      mail: { tls: false, port: 25 },
    });
  });

  test("the one-click template's names are understood", () => {
    expect(resolveAnswers([from({ app_name: 'ph', app_host: 'ph-x' })])).toMatchObject({ name: 'ph', host: 'ph-x' });
  });

  test('mirrors merge by registry', () => {
    expect(
      resolveAnswers([
        from({ mirror: { 'docker.io': 'a.example.com' } }),
        from({ mirror: { 'docker.io': 'b.example.com', 'ghcr.io': 'c.example.com/x' } }),
      ]).mirror,
    ).toEqual({
      'docker.io': 'a.example.com',
      'ghcr.io': 'c.example.com/x',
    });
  });
});

describe('what is wrong is named with its place, what is allowed and the nearest spelling', () => {
  test.each([
    [{ siez: 'small' }, ['"siez"', 'did you mean "size"']],
    [{ size: 'smal' }, ['"smal"', 'trial | small | medium | large', 'did you mean "small"']],
    [{ name: 'Post_Hog' }, ['"Post_Hog"', 'lower-case']],
    [{ name: 'p'.repeat(maxNameLength + 1) }, [`at most ${maxNameLength}`]],
    [{ name: '1st' }, ['beginning with a letter']],
    [{ host: 'https://x.example.com' }, ['no scheme']],
    [{ host: 'x.example.com/path' }, ['path']],
    [{ host: 'a_b.example.com' }, ['underscore']],
    [{ host: `${'a'.repeat(64)}.example.com` }, ['63 characters']],
    [{ components: { web: { replicas: 7 } } }, ['components.web.replicas', '0-6']],
    [{ components: { web: { replicas: '1.5' } } }, ['components.web.replicas']],
    [{ components: { web: { memory: '2GB' } } }, ['Kubernetes quantity']],
    [{ components: { clickhouse: { replicas: 2 } } }, ['components.clickhouse.replicas']],
    [{ components: { wbe: { replicas: 2 } } }, ['components.wbe', 'components.web.replicas']],
    [{ components: { web: 3 } }, ['components.web', 'a group of keys (replicas, cpu, memory)']],
    [{ components: { web: { cpu: '1e9' } } }, ['Kubernetes quantity']],
    [{ telemetry: 'maybe' }, ['true or false']],
    [{ admin: { email: 'nobody' } }, ['e-mail']],
    [{ mail: { host: 'm.example.com' } }, ['"mail.from" is needed, because "mail.host" is set']],
    [{ mirror: { 'docker.io': 'https://x' } }, ['REGISTRY=HOST']],
    [{ size: ['small'] }, ['size']],
  ])('%j', (values, words) => {
    const error = failure(values);
    expect(error).toBeInstanceOf(UserError);
    expect(error.exit).toBe(2);
    for (const word of words) expect(error.message).toContain(word);
    expect(error.say(dictionaries.zh)).not.toBe(error.message);
  });

  test('every mistake is told at once, with its place', () => {
    const error = failure({ size: 'huge', host: 'x_y' }, 'values.yaml:3');
    expect(error.message.split('\n')).toHaveLength(2);
    expect(error.message).toContain('values.yaml:3');
  });

  test('a secret is not repeated', () => {
    expect(failure({ mail: { host: 'm', from: 'x', password: { nested: 'hunter2' } } }).message).not.toContain(
      'hunter2',
    );
  });
});

test('keys are listed for help and nearest spelling', () => {
  expect(answerKeys).toEqual(
    expect.arrayContaining([
      'name',
      'host',
      'mail.password',
      's3.endpoint',
      'components.web.replicas',
      'components.clickhouse.memory',
    ]),
  );
  expect(answerKeys).not.toContain('components.clickhouse.replicas');
});
