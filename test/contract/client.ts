/** Raw HTTPS to an API server: nothing between a case and the bytes of the answer. */
import { Agent, request } from 'undici';

export interface Target {
  readonly server: URL;
  readonly ca: string | undefined;
  /** As the server calls them. */
  readonly user: string;
  readonly token: string;
  /** The one namespace of the user. */
  readonly namespace: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export interface Question {
  readonly method: string;
  /** `{ns}` stands for the namespace. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is no string goes as JSON. */
  readonly body?: unknown;
}

export class Client {
  readonly target: Target;
  readonly #agent: Agent;

  constructor(target: Target) {
    this.target = target;
    this.#agent = new Agent({ connect: target.ca === undefined ? {} : { ca: target.ca }, connections: 4 });
  }

  async ask({ method, path, headers = {}, body }: Question): Promise<Answer> {
    const answer = await this.#send(method, path, headers, body);
    return { status: answer.statusCode, headers: flat(answer.headers), text: await answer.body.text() };
  }

  #send(method: string, path: string, headers: Readonly<Record<string, string>>, body: unknown) {
    const { server, token, namespace } = this.target;
    return request(new URL(path.replaceAll('{ns}', namespace), server), {
      dispatcher: this.#agent,
      method: method as 'GET',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': 'contract/1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Watches one object until it is as wanted (`undefined` is: gone). */
  async until(path: string, name: string, fits: (object: Json | undefined) => boolean): Promise<void> {
    const query = `fieldSelector=metadata.name%3D${name}`;
    for (;;) {
      const list = JSON.parse((await this.ask({ method: 'GET', path: `${path}?${query}` })).text) as {
        metadata: { resourceVersion: string };
        items: Json[];
      };
      if (fits(list.items[0])) return;
      const watching = await this.#send(
        'GET',
        `${path}?${query}&watch=1&timeoutSeconds=50&resourceVersion=${list.metadata.resourceVersion}`,
        {},
        undefined,
      );
      let rest = '';
      for await (const piece of watching.body as AsyncIterable<Buffer>) {
        const lines = (rest + piece.toString('utf8')).split('\n');
        rest = lines.pop() ?? '';
        const events = lines.map((line) => JSON.parse(line) as { type: string; object: Json });
        if (events.some(({ type, object }) => fits(type === 'DELETED' ? undefined : object))) return;
      }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely.
export type Json = any;

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
