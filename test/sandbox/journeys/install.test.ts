/** What a newcomer does: installs on the sandbox, looks, proves, installs again. At the highest speed, in this process. */
import * as v from 'valibot';
import { afterAll, expect, test } from 'vitest';
import { jsonLineSchema } from '../../../source/commands/fronts/json-schema.ts';
import { SandboxFolder } from './support.ts';

const folder = new SandboxFolder();
afterAll(() => folder.remove());

const linesOf = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly type: string; readonly [field: string]: unknown });

test('the speed is kept, although nobody serves in between', async () => {
  expect(await folder.run(['sandbox', 'speed', 'max'])).toEqual({ code: 0, out: 'Speed: max\n', err: '' });
  expect((await folder.run(['sandbox', 'speed'])).out).toBe('Speed: max\n');
});

test('an install asks nothing, is proven, and every line says that it is simulated', async () => {
  const { code, out, err } = await folder.run(['install', '--sandbox', '-o', 'json']);
  expect([code, err]).toEqual([0, '']);
  const lines = linesOf(out);
  for (const line of lines) {
    expect(v.safeParse(jsonLineSchema, line).issues).toBeUndefined();
    expect(line['simulated']).toBe(true);
  }
  expect(lines.filter(({ type, ok }) => type === 'proof' && ok !== true)).toEqual([]);
  expect(lines.at(-1)).toMatchObject({ type: 'done', proven: true, name: 'posthog' });
  expect(String(lines.at(-1)?.['url'])).toMatch(/^https:\/\//);
});

test('then everything is ready, in plain lines that say the same', async () => {
  // Whoever took over has to start what ran.
  await expect.poll(async () => (await folder.run(['status', '--sandbox'])).code).toBe(0);
  const { out } = await folder.run(['status', '--sandbox']);
  for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^\[simulated\] /);
  expect(out).toMatch(/All \d+ parts are ready/);
});

test('a second install changes nothing and proves it again', async () => {
  const { code, out } = await folder.run(['install', '--sandbox', '-o', 'json']);
  expect(code).toBe(0);
  const plan = linesOf(out).find(({ type }) => type === 'plan') as unknown as { objects: { action: string }[] };
  expect(plan.objects.filter(({ action }) => action !== 'same')).toEqual([]);
});

test('another kubeconfig beside the sandbox is a mistake', async () => {
  const { code, err } = await folder.run(['status', '--sandbox', '--kubeconfig', 'x']);
  expect(code).toBe(2);
  expect(err).toContain('leave --kubeconfig and --context out');
});
