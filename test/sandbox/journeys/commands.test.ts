/** `posthog-sealos sandbox ...`, as far as it needs no other process. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { faultNames } from '../../../source/sandbox/control.ts';
import { scenarios } from '../../../source/sandbox/scenarios/index.ts';
import { SandboxFolder } from './support.ts';

let folder: SandboxFolder;
beforeEach(() => {
  folder = new SandboxFolder();
});
afterEach(() => folder.remove());

const sandbox = (...words: readonly string[]) => folder.run(['sandbox', ...words]);

describe('mistakes are told with what is allowed', () => {
  test.each([
    [[], 'sandbox needs to know what to do: up, down'],
    [
      ['uo'],
      '"uo" is nothing that sandbox does: up, down, reset, status, speed, kubeconfig, scenarios, fault; did you mean up?',
    ],
    [['status', 'now'], '"now" is one word too many'],
    [['speed', 'fast'], '"fast" is no speed: a number from 1 to 10000, or max.'],
    [['speed', '0'], '"0" is no speed'],
    [['up', '--speed', '-3'], 'is no speed'],
    [['up', '--seed', 'x'], '"x" is no seed: a whole number.'],
    [['up', '--scenario', 'frsh'], 'There is no scenario "frsh": fresh, running'],
    [['fault', 'error'], '"error" is no fault: api-restart'],
    [['kubeconfig', '--scenario', 'busy'], '--scenario belongs to `sandbox up`'],
    [['reset', '--detach'], '--detach belongs to `sandbox up`'],
    [['status', '-o', 'yaml'], 'sandbox knows no -o.'],
    [['fault', 'errors', 'maybe'], '"maybe" is neither on nor off.'],
  ] as const)('%j', async (words, said) => {
    const { code, err } = await sandbox(...words);
    expect([code, err.includes(said) ? said : err]).toEqual([2, said]);
  });
});

test('without a sandbox, status says how to get one, and down that there is none', async () => {
  expect((await sandbox('status')).out).toContain('There is no sandbox yet');
  expect((await sandbox('down')).out).toBe('Nobody serves the sandbox.\n');
});

test('faults are turned on and off by name', async () => {
  expect((await sandbox('fault', 'slow')).out).toBe('Faults: slow\n');
  expect((await sandbox('fault')).out).toBe(`Faults: slow\nPossible: ${faultNames.join(', ')}\n`);
  expect((await sandbox('fault', 'slow', 'off')).out).toBe('Faults: none\n');
});

// Each must leave the way open to turn it off again.
test.each(faultNames.filter((name) => name !== 'api-restart'))('the fault %s can be turned off again', async (name) => {
  expect((await sandbox('fault', name)).code).toBe(0);
  expect(await sandbox('fault', name, 'off')).toMatchObject({ code: 0, out: 'Faults: none\n' });
});

test('a seed is chosen when the sandbox begins, and not later', async () => {
  await sandbox('speed', 'max');
  const { code, err } = await sandbox('up', '--seed', '7');
  expect(code).toBe(3);
  expect(err).toContain('its scenario and seed are chosen when it begins');
});

test('scenarios are listed, each with what it is and what is to be found', async () => {
  const { code, out } = await sandbox('scenarios');
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(2 * scenarios.length);
  for (const [index, { name }] of scenarios.entries()) {
    expect(lines[2 * index]).toMatch(new RegExp(`^${name} +\\S`));
    expect(lines[2 * index + 1]).toMatch(/^ +\(to be found: \S/);
  }
});

test('a scenario that begins with an install has it when it is up', async () => {
  const stop = new AbortController();
  const up = folder.run(['sandbox', 'up', '--scenario', 'running', '--speed', '77'], stop.signal);
  // Only looking makes no sandbox.
  await expect.poll(async () => (await sandbox('status')).out).toContain('Scenario: running');
  await expect.poll(async () => (await folder.run(['status', '--sandbox'])).code).toBe(0);
  await expect.poll(async () => (await sandbox('speed')).out).toBe('Speed: 77\n');
  stop.abort();
  expect((await up).out).toContain('The sandbox serves. Nothing of it is real.');
});
