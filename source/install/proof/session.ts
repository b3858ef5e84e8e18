/** A browser's session with the web tier, through a port-forward: cookies, CSRF token, Referer (stack-spec H.2). */
import type { HttpRequest, HttpResponse } from '../../cluster/types.ts';
import { type Pods, places } from './pods.ts';
import { parseJson } from './text.ts';

export interface Answer {
  readonly status: number;
  /** Undefined when the body is not JSON. */
  readonly json: unknown;
  readonly text: string;
}

export class WebSession {
  readonly #pods: Pods;
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  /** `url`: the public address, for which the web tier was told to be. */
  constructor(pods: Pods, url: string) {
    this.#pods = pods;
    this.#url = url;
  }

  get(path: string, signal: AbortSignal, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#send({ path, headers }, signal);
  }

  async send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    if (!this.#cookies.has('posthog_csrftoken')) await this.#send({ path: '/login' }, signal);
    const csrf = { 'x-csrftoken': this.#cookies.get('posthog_csrftoken') ?? '', referer: `${this.#url}/login` };
    return this.#send(
      { method, path, headers: { ...csrf, 'content-type': 'application/json' }, body: JSON.stringify(body) },
      signal,
    );
  }

  async #send(request: HttpRequest, signal: AbortSignal): Promise<Answer> {
    const { host, protocol } = new URL(this.#url);
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    // Secure cookies are only given to who came by https, which the gateway would say.
    const headers = {
      host,
      'x-forwarded-proto': protocol.slice(0, -1),
      ...(cookie === '' ? {} : { cookie }),
      ...request.headers,
    };
    const response = await this.#pods.request(places.web, { ...request, headers, timeoutMs: 60_000 }, signal);
    this.#remember(response);
    return { status: response.status, json: parseJson(response.body), text: response.body };
  }

  #remember({ headers }: HttpResponse): void {
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const [, name, value] = line.match(/^\s*([^=;\s]+)=([^;]*)/) ?? [];
      if (name !== undefined) this.#cookies.set(name, value ?? '');
    }
  }
}
