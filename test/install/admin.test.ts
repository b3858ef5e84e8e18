import { describe, expect, test } from 'vitest';
import { UserError } from '../../source/errors.ts';
import { type AdminRequest, ensureAdmin, keyScopes } from '../../source/install/admin.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { answer, app, host, url, World } from './support-proof.ts';

const request: AdminRequest = { app, host, url, email: 'me@example.test' };
const signal = new AbortController().signal;
const kept = (world: World) => world.secrets.get(`${app}-admin`);
const paths = (world: World) => world.sent.map(({ request: { method = 'GET', path } }) => `${method} ${path}`);
const refusal = async (promise: Promise<unknown>): Promise<UserError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw error ?? new Error('nothing was thrown');
  return error;
};

describe('the first admin', () => {
  test('signs up, records sessions, syncs, and leaves a key that may only read', async () => {
    const world = new World();
    const admin = await ensureAdmin(world.outside, request, signal);
    expect(admin).toEqual({ email: 'me@example.test', created: true, passwordIn: 'posthog-admin' });
    expect(world.user).toMatchObject({ email: 'me@example.test', password: kept(world)?.['password'] });
    expect(world.recording).toBe(true);
    expect(world.executed).toEqual([['python', '/scripts/sync-remote-config.py']]);
    expect(world.keys.get(kept(world)?.['api-key'] ?? '')).toMatchObject({ scopes: keyScopes });
    expect(keyScopes.filter((scope) => !scope.endsWith(':read'))).toEqual([]);
  });

  test('a generated password is kept before it is sent', async () => {
    const world = new World();
    world.override = ({ request: { path, body } }) => {
      if (path === '/api/signup/')
        expect(kept(world)).toEqual({
          email: 'me@example.test',
          password: (JSON.parse(body ?? '') as { password: string }).password,
        });
      return undefined;
    };
    await ensureAdmin(world.outside, request, signal);
    expect(kept(world)?.['password']).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(world.applied.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      'Secret/posthog-admin',
      'Secret/posthog-admin',
    ]);
  });

  test('a password that was given is never stored', async () => {
    const world = new World();
    const admin = await ensureAdmin(world.outside, { ...request, password: 'given-password' }, signal);
    expect(admin.passwordIn).toBeUndefined();
    expect(world.user?.password).toBe('given-password');
    expect(Object.keys(kept(world) ?? {})).toEqual(['email', 'api-key']);
    expect(JSON.stringify(world.applied)).not.toContain(Buffer.from('given-password').toString('base64'));
  });

  test('a second run asks one thing and changes nothing', async () => {
    const world = new World();
    await ensureAdmin(world.outside, request, signal);
    const before = { keys: world.keys.size, applied: world.applied.length, sent: world.sent.length };
    expect(await ensureAdmin(world.outside, request, signal)).toMatchObject({
      created: false,
      passwordIn: 'posthog-admin',
    });
    expect({ keys: world.keys.size, applied: world.applied.length, sent: world.sent.length - 1 }).toEqual(before);
    expect(paths(world).at(-1)).toBe('GET /api/users/@me/');
  });

  test('where mail is set up, the address counts as confirmed: its link could not be opened yet', async () => {
    const world = new World();
    world.mail = true;
    await ensureAdmin(world.outside, request, signal);
    expect(world.executed[0]).toEqual(['python', 'manage.py', 'shell']);
    expect(world.stdins).toEqual([
      'from posthog.models import User\nUser.objects.filter(email="me@example.test").update(is_email_verified=True)\n',
    ]);
    expect(kept(world)?.['api-key']).toMatch(/^phx_/);
  });
});

describe('a run that was cut off', () => {
  /** Throws once, after the world has done what was asked. */
  const lose = (world: World, path: string) => {
    let lost = false;
    world.override = (sent) => {
      if (lost || sent.request.path !== path || sent.request.method !== 'POST') return undefined;
      lost = true;
      void world.outside.cluster.podHttp('posthog-0', 8000).request(sent.request);
      throw new Error('socket hang up');
    };
  };

  test.each(['generated', 'given'])(
    'an answer of the signup that was lost is found again by signing in (%s password)',
    async (kind) => {
      const world = new World();
      lose(world, '/api/signup/');
      const admin = await ensureAdmin(
        world.outside,
        kind === 'given' ? { ...request, password: 'given-password' } : request,
        signal,
      );
      expect(admin.created).toBe(true);
      expect(paths(world)).toContain('POST /api/login/');
      expect(world.recording).toBe(true);
      expect(kept(world)?.['api-key']).toMatch(/^phx_/);
    },
  );

  test('another program continues from the Secret', async () => {
    const world = new World();
    world.user = { email: 'me@example.test', password: 'kept-password', verified: true };
    world.secrets.set(`${app}-admin`, { email: 'me@example.test', password: 'kept-password' });
    expect(await ensureAdmin(world.outside, request, signal)).toMatchObject({ created: false });
    expect(kept(world)).toMatchObject({ password: 'kept-password', 'api-key': expect.stringMatching(/^phx_/) });
    expect(world.recording).toBe(true);
  });

  test('a key whose answer was lost is removed, not left beside the next', async () => {
    const world = new World();
    lose(world, '/api/personal_api_keys/');
    await ensureAdmin(world.outside, request, signal);
    expect([...world.keys.keys()]).toEqual([kept(world)?.['api-key']]);
  });

  test('web without a ready pod is waited for, but not for ever', async () => {
    const world = new World();
    world.notReady.add('web');
    const error = await refusal(ensureAdmin(world.outside, request, signal));
    expect(error.code).toBe('admin-unreachable');
    expect(error.say(dictionaries.en)).toContain('no pod of web is ready');
  });

  test('web that refuses for a while is asked again', async () => {
    const world = new World();
    let refusals = 5;
    world.override = () => (refusals-- > 0 ? answer(503) : undefined);
    expect(await ensureAdmin(world.outside, request, signal)).toMatchObject({ created: true });
    expect(world.slept).toHaveLength(5);
  });

  test('ends at once when aborted', async () => {
    const world = new World();
    const stop = new AbortController();
    world.override = () => {
      stop.abort(new Error('interrupted'));
      return answer(503);
    };
    await expect(ensureAdmin(world.outside, request, stop.signal)).rejects.toThrow('interrupted');
  });
});

describe('an organization that is there already', () => {
  test('somebody else signed up first', async () => {
    const world = new World();
    world.user = { email: 'first@example.test', password: 'theirs', verified: true };
    const error = await refusal(ensureAdmin(world.outside, { ...request, password: 'mine-mine' }, signal));
    expect(error).toMatchObject({ code: 'admin-taken', exit: 1, object: 'Secret/posthog-admin' });
    expect(world.slept).toEqual([]);
  });

  test('a revoked key is replaced, and settings that are the user’s to decide stay', async () => {
    const world = new World().withAdmin();
    world.keys.clear();
    world.recording = false;
    await ensureAdmin(world.outside, { ...request, email: 'a@example.test' }, signal);
    expect(world.keys.has(kept(world)?.['api-key'] ?? '')).toBe(true);
    expect(kept(world)).toMatchObject({ password: 'kept-password' });
    expect(world.recording).toBe(false);
  });

  test('a password the user changed meanwhile replaces the kept one, unstored', async () => {
    const world = new World().withAdmin();
    world.keys.clear();
    (world.user as { password: string }).password = 'changed-password';
    await ensureAdmin(world.outside, { ...request, email: 'a@example.test', password: 'changed-password' }, signal);
    expect(Object.keys(kept(world) ?? {})).toEqual(['email', 'api-key']);
  });
});

test('what PostHog refuses is told without the password', async () => {
  const world = new World();
  const error = await refusal(ensureAdmin(world.outside, { ...request, password: 'pa$$wo' }, signal));
  expect(error).toMatchObject({ code: 'admin-refused', exit: 1 });
  expect(error.say(dictionaries.en)).toBe('PostHog does not take the first admin (400): password: *** is too short');
  expect(error.hint?.(dictionaries.zh)).toContain('密码');
});
