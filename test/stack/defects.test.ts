/** Each defect of the one-click template (posthog-stack 8) is there in the template and not in our manifests. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { answerKeys } from '../../source/stack/answers.ts';
import type { KubeObject } from '../../source/stack/types.ts';
import { defects } from './fixtures/defects.ts';
import { objectsOf } from './fixtures/objects.ts';
import { renderTemplate } from './fixtures/template.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** They lie outside manifests: the README's section "Known limits" names them by these words. */
const limits: Readonly<Record<number, readonly string[]>> = {
  27: ['ServiceAccount'],
  28: ['backup'],
  36: ['delay'],
  37: ['live events', 'batch exports', 'error tracking'],
  41: ['PostgreSQL 16', 'Redis 7.0'],
  43: ['requests'],
};

/** To try it out, `trial` has one web worker and one Celery child (stack-spec B.9): 21 and half of 38 stay, and its description says so. */
const smallestSizeKeeps = [21, 38];

const reduced = parseAllDocuments(readFileSync(here('./fixtures/one-click.yaml'), 'utf8')).map(
  (document) => document.toJS() as KubeObject,
);

describe('the list', () => {
  it('has every number from 1 to 44 once, as a question or as a limit', () => {
    const numbers = [...defects.map(({ number }) => number), ...Object.keys(limits).map(Number)];
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 44 }, (_, index) => index + 1));
  });
});

describe.each(defects.map(({ number, title, absent }) => [number, title, absent] as const))(
  'defect %i: %s',
  (number, _, absent) => {
    it('is in the reduced template', () => expect(absent(reduced)).toBe(false));

    const original = here('../../../shared/fixtures/one-click-template.yaml');
    it.runIf(existsSync(original))('is in the original template', () => {
      expect(absent(renderTemplate(readFileSync(original, 'utf8')))).toBe(false);
    });

    it.each(['trial', 'small', 'medium', 'large'] as const)('is not in our %s', (size) => {
      const objects = objectsOf(size, { mail: true });
      expect(absent(objects)).toBe(!(size === 'trial' && smallestSizeKeeps.includes(number)));
    });
  },
);

describe('defect 42: the first visitor owns the instance', () => {
  it('is met by an admin that the installer makes', () => expect(answerKeys).toContain('admin.email'));
});

describe('known limits', () => {
  const readme = existsSync(here('../../README.md')) ? readFileSync(here('../../README.md'), 'utf8') : '';
  const section = /^#+ Known limits\n([\s\S]*?)(?=^#{1,2} |(?![\s\S]))/m.exec(readme)?.[1] ?? '';

  it.each(Object.entries(limits))('defect %s is named in the README', (_, words) => {
    for (const word of words) expect(section.toLowerCase()).toContain(word.toLowerCase());
  });
});
