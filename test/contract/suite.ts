/** Runs cases and compares every answer with what the real API server said, field by field. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, Client, type Json, type Question, type Target } from './client.ts';
import { anonymous, normalized, type Recorded } from './normalize.ts';
import { type OpenTarget, openTarget } from './target.ts';

/** What a case does with the server. Every answer to `ask` is recorded. */
export interface Talk {
  ask(method: string, path: string, body?: unknown, headers?: Question['headers']): Promise<Json>;
  /** Asks without recording: to prepare. */
  prepare(method: string, path: string, body?: unknown, headers?: Question['headers']): Promise<Json>;
  until(path: string, name: string, fits: (object: Json | undefined) => boolean): Promise<void>;
  /** Records what was heard in another way. */
  note(heard: unknown): void;
  readonly target: Target;
}

export type Cases = Readonly<Record<string, (talk: Talk) => Promise<void>>>;

const recording = process.env['RECORD'] === '1';

/** A file of cases; what they make is removed when each is over. */
export function contract(name: string, cases: Cases): void {
  const file = new URL(`./recorded/${name}.json`, import.meta.url);
  const known = recording ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly Recorded[]>);
  const heard: Record<string, readonly Recorded[]> = {};
  let target: OpenTarget;
  let client: Client;
  beforeAll(async () => {
    target = await openTarget();
    client = new Client(target);
  });
  afterAll(async () => {
    await client.close();
    await target.close();
    if (recording) writeFileSync(file, `${JSON.stringify(heard, null, 1)}\n`);
  });

  describe(name, () => {
    test.each(Object.entries(cases))('%s', async (title, run) => {
      const answers: Recorded[] = [];
      const made = new Set<string>();
      const send = async (question: Question, record: boolean): Promise<Json> => {
        const answer = await client.ask(question);
        noteMade(question, answer, made);
        if (record) answers.push(normalized(answer, client.target));
        return parsed(answer.text);
      };
      try {
        await run({
          ask: (method, path, body, headers) => send({ method, path, body, ...(headers && { headers }) }, true),
          prepare: (method, path, body, headers) => send({ method, path, body, ...(headers && { headers }) }, false),
          until: (path, object, fits) => client.until(path, object, fits),
          note: (heard) => answers.push({ status: 0, body: anonymous(heard, client.target) }),
          target: client.target,
        });
      } finally {
        for (const path of [...made].reverse()) await remove(client, path);
      }
      heard[title] = answers;
      // What is left out is left out of what was recorded, too.
      if (!recording) expect(answers).toEqual(anonymous(known[title], client.target));
    });
  });
}

function noteMade({ method, path }: Question, { status, text }: Answer, made: Set<string>): void {
  if (path.includes('dryRun=All') || status >= 300) return;
  const { pathname } = new URL(path, 'https://x');
  const name = (parsed(text) as { metadata?: { name?: string } } | undefined)?.metadata?.name;
  if (method === 'POST' && name && !/reviews$/.test(pathname)) made.add(`${decodeURI(pathname)}/${name}`);
  if (method === 'PATCH' && status === 201) made.add(decodeURI(pathname));
}

async function remove(client: Client, path: string): Promise<void> {
  const headers = { 'content-type': 'application/merge-patch+json' };
  const object = parsed((await client.ask({ method: 'GET', path })).text) as Json;
  if (object?.metadata?.finalizers?.length > 0)
    await client.ask({ method: 'PATCH', path, headers, body: { metadata: { finalizers: null } } });
  await client.ask({ method: 'DELETE', path, body: { gracePeriodSeconds: 0, propagationPolicy: 'Background' } });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
