import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { saveManifests } from '../../source/commands/console/manifests.ts';
import { emptyPlan, plannedObject } from '../support/plan.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'manifests-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const plan = {
  ...emptyPlan,
  objects: [
    plannedObject('Secret', 'posthog-env', 'create'),
    plannedObject('Service', 'posthog', 'same'),
    plannedObject('Deployment', 'posthog-web', 'change'),
  ],
};

test('everything that would be applied is written but the Secrets', async () => {
  const path = await saveManifests(plan, folder);
  const kinds = parseAllDocuments(readFileSync(path, 'utf8')).map((each) => each.toJS().kind);
  expect(kinds).toEqual(['Service', 'Deployment']);
});

test('what was saved before stays', async () => {
  const first = await saveManifests(plan, folder);
  const second = await saveManifests({ ...plan, objects: [] }, folder);
  expect(second).not.toBe(first);
  expect(readFileSync(first, 'utf8')).toContain('posthog-web');
  expect(readdirSync(folder)).toHaveLength(2);
});

test('a folder that is not there is told, not tried for ever', async () => {
  await expect(saveManifests(plan, join(folder, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' });
});
