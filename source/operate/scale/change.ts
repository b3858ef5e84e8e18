/** From what is asked to what changes, and in which order. Pure. */
import { parseQuantity } from '../../stack/quantity.ts';
import { type ComponentId, componentIds } from '../../stack/types.ts';
import type { Current } from './current.ts';
import type { Change, Wanted, Wants } from './types.ts';
import { fields } from './types.ts';
import { type Asked, formatAmount } from './words.ts';

export type Currents = ReadonlyMap<ComponentId, Current>;

/** What each component shall have. Components that are not there are left to the guards. */
export function wantsOf(asked: readonly Asked[], currents: Currents): Wants {
  const wants = new Map<ComponentId, Wanted>();
  for (const { component, field, value, isMore } of asked) {
    const before = currents.get(component)?.replicas ?? 0;
    const to = field === 'replicas' ? (isMore ? before + value : value) : formatAmount(field, value);
    wants.set(component, { ...wants.get(component), [field]: to });
  }
  return wants;
}

/** What is not as it shall be, in the order in which it is applied. */
export function changesOf(wants: Wants, currents: Currents): readonly Change[] {
  return inOrder([...wants.keys()]).flatMap((component) => {
    const current = currents.get(component);
    const wanted = wants.get(component) as Wanted;
    if (!current) return [];
    return fields.flatMap((field): readonly Change[] => {
      const [from, to] = [String(current[field]), wanted[field]];
      if (to === undefined || isSame(field, from, String(to))) return [];
      return [{ component, field, from, to: String(to) }];
    });
  });
}

/** `1` and `1000m` are the same. */
export function isSame(field: Change['field'], one: string, other: string): boolean {
  if (field === 'replicas' || one === '' || other === '') return one === other;
  return parseQuantity(one) === parseQuantity(other);
}

/** The changes that lead back; a limit where there was none cannot be taken away again. */
export const undone = (changes: readonly Change[]): readonly Change[] =>
  changes.flatMap((change) => (change.from === '' ? [] : [{ ...change, from: change.to, to: change.from }]));

/** The product's manual: ingestion and background work first, then web; what restarts a store comes last. */
const first: readonly ComponentId[] = ['ingestion', 'worker', 'plugins', 'replay-ingestion', 'property-defs'];
const second: readonly ComponentId[] = [
  'web',
  'capture',
  'replay-capture',
  'feature-flags',
  'recording-api',
  'personhog',
];

export function inOrder(ids: readonly ComponentId[]): readonly ComponentId[] {
  const all = [...first, ...second];
  const rank = (id: ComponentId) => (all.includes(id) ? all.indexOf(id) : all.length + componentIds.indexOf(id));
  return [...new Set(ids)].sort((one, other) => rank(one) - rank(other));
}

/** As words of the command. */
export const wordsOf = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ component, field, to }) =>
    field === 'replicas' ? `${component}=${to}` : `${component}:${field}=${to}`,
  );

/** The same of what each component shall have, whatever it had before. */
export const wantedWords = (wants: Wants): readonly string[] =>
  inOrder([...wants.keys()]).flatMap((component) =>
    fields.flatMap((field) => {
      const to = wants.get(component)?.[field];
      return to === undefined ? [] : wordsOf([{ component, field, from: '', to: String(to) }]);
    }),
  );
