/**
 * The first user of a new PostHog, and the API key by which proofs read what they sent (stack-spec H.2).
 * Can be repeated at any point: what is generated is kept in the Secret `<app>-admin` before it is used, so that a
 * signup whose answer was lost is found again by signing in; the key is kept last and says that all of it is done.
 */
import { exitCodes, messageOf, UserError } from '../errors.ts';
import type { Say } from '../messages/index.ts';
import { NoPodError } from '../observe/sources/ready-pod.ts';
import { readSecret } from '../observe/sources/secret.ts';
import { fieldManager, instanceLabel } from '../stack/conventions.ts';
import { ownSecrets } from '../stack/render.ts';
import { randomAlphanumeric } from '../stack/secrets.ts';
import type { Outside } from './contract.ts';
import { Pods } from './proof/pods.ts';
import { type Answer, WebSession } from './proof/session.ts';
import { cleaner, field } from './proof/text.ts';

export interface AdminRequest {
  readonly app: string;
  readonly host: string;
  /** Public address without a trailing slash. */
  readonly url: string;
  readonly email: string;
  /** Given by the user, and then never stored; without one it is generated and kept. */
  readonly password?: string;
}

export interface Admin {
  readonly email: string;
  /** Signed up just now. */
  readonly created: boolean;
  /** Secret that holds a generated password; undefined when the user gave it, or said that it is saved. */
  readonly passwordIn: string | undefined;
}

interface Kept {
  readonly email?: string;
  readonly password?: string;
  readonly apiKey?: string;
}

const keyLabel = 'posthog-sealos proof';

/** What the hops read: the user with its project, the project's settings, events (which belong to `query`), definitions (PostHog's `posthog/scopes.py`). */
export const keyScopes = ['user:read', 'project:read', 'query:read', 'event_definition:read'] as const;

const generatedLength = 24;
const patienceMs = 180_000;
const pauseMs = 3_000;
const syncTimeoutMs = 300_000;

/**
 * Makes the first user, or finds the one that is there, and keeps an API key of it. Turns session recording on in
 * the project that it makes, and only in that one: without it nothing could prove that recordings are stored.
 * @throws UserError `admin-refused` (PostHog does not take what was given), `admin-taken` (somebody else signed up
 * first), `admin-unreachable` (web did not answer in 3 min); all exit 1.
 */
export async function ensureAdmin(outside: Outside, request: AdminRequest, signal: AbortSignal): Promise<Admin> {
  const { clock } = outside.context;
  const startedAt = clock.monotonic();
  const signup = new Signup(outside, request, signal);
  try {
    for (;;) {
      try {
        return await signup.settle();
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof UserError) throw error;
        if (clock.monotonic() - startedAt >= patienceMs) throw unreachable(error);
        await clock.sleep(pauseMs, signal);
      }
    }
  } finally {
    await signup.close();
  }
}

class Signup {
  readonly #outside: Outside;
  readonly #request: AdminRequest;
  readonly #signal: AbortSignal;
  readonly #pods: Pods;
  #sent = false;

  constructor(outside: Outside, request: AdminRequest, signal: AbortSignal) {
    this.#outside = outside;
    this.#request = request;
    this.#signal = signal;
    this.#pods = new Pods(outside.cluster, request.app);
  }

  close(): Promise<void> {
    return this.#pods.close();
  }

  /** One try from the state that is there. Throws UserError for what another try cannot change. */
  async settle(): Promise<Admin> {
    const kept = await this.#readKept();
    if (kept.apiKey !== undefined && (await this.#keyWorks(kept.apiKey))) return this.#admin(kept);

    const session = new WebSession(this.#pods, this.#request.url);
    const preflight = ok(await session.get('/_preflight', this.#signal));
    const open = field(preflight, 'can_create_org') === true && field(preflight, 'initiated') !== true;
    const known = open ? await this.#signUp(session, kept) : await this.#signIn(session, kept);

    const me = ok(await session.get('/api/users/@me/', this.#signal));
    if (this.#sent || (kept.email !== undefined && kept.apiKey === undefined))
      await this.#recordSessions(session, field(me, 'team', 'id'));
    await this.#inWeb(['python', '/scripts/sync-remote-config.py'], {});
    const apiKey = await this.#newKey(session);
    await this.#keep({ ...known, apiKey });
    return this.#admin(known);
  }

  #admin({ email, password }: Kept): Admin {
    const passwordIn = password === undefined ? undefined : ownSecrets(this.#request.app).admin;
    return { email: email ?? this.#request.email, created: this.#sent, passwordIn };
  }

  async #signUp(session: WebSession, kept: Kept): Promise<Kept> {
    const { email, password: given } = this.#request;
    const generated =
      given === undefined
        ? (kept.password ?? randomAlphanumeric(generatedLength, this.#outside.context.randomBytes))
        : undefined;
    const known: Kept = { email, ...(generated === undefined ? {} : { password: generated }) };
    await this.#keep(known);
    const password = given ?? generated ?? '';
    const body = {
      first_name: email.split('@')[0] ?? 'admin',
      email,
      password,
      organization_name: this.#request.app,
      role_at_organization: 'other',
    };
    this.#sent = true;
    const answer = await session.send('POST', '/api/signup/', body, this.#signal);
    if (answer.status >= 500) throw new Error(`signup: ${answer.status}`);
    if (answer.status !== 201) throw this.#refused(answer, [password]);
    // Where mail is set up, PostHog signs nobody in before the address is confirmed.
    const me = await session.get('/api/users/@me/', this.#signal);
    if (me.status !== 200) await this.#logIn(session, email, password);
    return known;
  }

  /** Somebody signed up already: we, in a run whose answer was lost, or somebody else. */
  async #signIn(session: WebSession, kept: Kept): Promise<Kept> {
    const { email, password } = this.#request;
    const attempts: readonly (Kept & { readonly secret: string | undefined })[] = [
      {
        ...(kept.password === undefined ? {} : { password: kept.password }),
        email: kept.email ?? email,
        secret: kept.password,
      },
      { email, secret: password },
    ];
    for (const { secret, ...known } of attempts) {
      if (secret !== undefined && (await this.#logIn(session, known.email ?? email, secret))) return known;
    }
    throw new UserError({
      code: 'admin-taken',
      exit: exitCodes.failed,
      say: (t) => t.proof.admin.taken,
      hint: (t) => t.proof.admin.takenHint,
      object: `Secret/${ownSecrets(this.#request.app).admin}`,
    });
  }

  async #logIn(session: WebSession, email: string, password: string, confirmed = false): Promise<boolean> {
    const answer = await session.send('POST', '/api/login/', { email, password }, this.#signal);
    if (answer.status >= 500) throw new Error(`login: ${answer.status}`);
    if (answer.status === 200) return true;
    if (confirmed || field(answer.json, 'code') !== 'not_verified') return false;
    await this.#confirmAddress(email);
    return this.#logIn(session, email, password, true);
  }

  /** The public address is not open yet, so the link of PostHog's mail could not be followed. */
  async #confirmAddress(email: string): Promise<void> {
    const stdin = `from posthog.models import User\nUser.objects.filter(email=${JSON.stringify(email)}).update(is_email_verified=True)\n`;
    await this.#inWeb(['python', 'manage.py', 'shell'], { stdin });
  }

  /** Recordings of projects that do not record are dropped. Only while the project is not finished by us: later it is the user's to decide. */
  async #recordSessions(session: WebSession, project: unknown): Promise<void> {
    await session.send('PATCH', `/api/projects/${project}/`, { session_recording_opt_in: true }, this.#signal);
  }

  /** Whether a command did its work is shown by what comes after it, so its answer is not judged. */
  async #inWeb(command: readonly string[], more: { readonly stdin?: string }): Promise<void> {
    const pod = await this.#pods.podOf('web', this.#signal);
    await this.#outside.cluster.exec(pod, command, {
      ...more,
      container: this.#request.app,
      timeoutMs: syncTimeoutMs,
      signal: this.#signal,
    });
  }

  async #newKey(session: WebSession): Promise<string> {
    await this.#removeOldKeys(session);
    // Lists of teams and organizations are mandatory in some releases; empty ones leave the key unrestricted there.
    const body = { label: keyLabel, scopes: keyScopes, scoped_teams: [], scoped_organizations: [] };
    const answer = await session.send('POST', '/api/personal_api_keys/', body, this.#signal);
    const value = field(answer.json, 'value');
    if (answer.status >= 500) throw new Error(`api key: ${answer.status}`);
    if (answer.status !== 201 || typeof value !== 'string') throw this.#refused(answer, []);
    return value;
  }

  /** A key whose answer was lost cannot be read again, and a user may have ten. */
  async #removeOldKeys(session: WebSession): Promise<void> {
    const { json } = await session.get('/api/personal_api_keys/', this.#signal);
    for (const key of Array.isArray(json) ? json : []) {
      const id = field(key, 'id');
      if (field(key, 'label') === keyLabel && typeof id === 'string')
        await session.send('DELETE', `/api/personal_api_keys/${encodeURIComponent(id)}/`, {}, this.#signal);
    }
  }

  async #keyWorks(apiKey: string): Promise<boolean> {
    const session = new WebSession(this.#pods, this.#request.url);
    const answer = await session.get('/api/users/@me/', this.#signal, { authorization: `Bearer ${apiKey}` });
    if (answer.status === 401 || answer.status === 403) return false;
    ok(answer);
    return true;
  }

  async #readKept(): Promise<Kept> {
    const values = (await readSecret(this.#outside.cluster, ownSecrets(this.#request.app).admin, this.#signal)) ?? {};
    const { email, password, 'api-key': apiKey } = values;
    return { ...(email ? { email } : {}), ...(password ? { password } : {}), ...(apiKey ? { apiKey } : {}) };
  }

  /** Always whole: what server-side apply leaves out, it removes. Forced, because the Secret is this program's own. */
  async #keep({ email, password, apiKey }: Kept): Promise<void> {
    const { app } = this.#request;
    const values = { email, password, 'api-key': apiKey };
    const data = Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, Buffer.from(value, 'utf8').toString('base64')]],
      ),
    );
    const metadata = {
      name: ownSecrets(app).admin,
      namespace: this.#outside.cluster.namespace,
      labels: { [instanceLabel]: app },
    };
    await this.#outside.cluster.apply(
      { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data },
      { fieldManager, force: true, signal: this.#signal },
    );
  }

  #refused({ status, json, text }: Answer, secrets: readonly string[]): UserError {
    const detail = field(json, 'detail');
    const attribute = field(json, 'attr');
    const why = cleaner(secrets)(
      [attribute, detail ?? (json === undefined ? text : JSON.stringify(json))]
        .filter((part) => typeof part === 'string')
        .join(': '),
    );
    return new UserError({
      code: 'admin-refused',
      exit: exitCodes.failed,
      say: (t) => t.proof.admin.refused(status, why),
      hint: (t) => t.proof.admin.refusedHint,
    });
  }
}

/** The body of an answer that must be there; anything else may pass with time. */
function ok({ status, json }: Answer): unknown {
  if (status !== 200 || json === undefined) throw new Error(`web: ${status}`);
  return json;
}

function unreachable(error: unknown): UserError {
  const text = cleaner([])(messageOf(error));
  const why: Say = (t) => (error instanceof NoPodError ? t.proof.fault.noPod(error.component) : text);
  return new UserError({
    code: 'admin-unreachable',
    exit: exitCodes.failed,
    say: (t) => t.proof.admin.unreachable(why(t)),
    hint: (t) => t.proof.hint.status,
    cause: error,
  });
}
