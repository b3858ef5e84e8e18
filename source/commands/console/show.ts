/** Texts that screens ask for: what can be read of an object, what a plan would change; and a plan as a file. */

import type { Actions } from '../../console/actions.ts';
import { messageOf } from '../../errors.ts';
import type { PlanEvent, PlannedObject } from '../../install/events.ts';
import type { Say } from '../../messages/index.ts';
import { type Around, asked } from './around.ts';
import { showText } from './texts.ts';

type Read = Parameters<Actions['read']>;

export function showReading(what: Read[0], of: Read[1], around: Around): void {
  const { store, instance, signal } = around;
  const lines = async () => {
    const { read } = await import('./reading.ts');
    const { screen, seen } = store.read();
    const snapshot = screen === 'install' ? undefined : seen?.snapshot;
    return asked(around, (outside) => read(outside, instance, what, of, snapshot, signal));
  };
  const name = typeof of === 'string' ? of : `${of.kind}/${of.name}`;
  const format = what === 'yaml' || what === 'describe' ? what : 'plain';
  const title: Say = (t) => t.console.readings[what](name);
  void showText({ title, format, lines, fromEnd: what === 'log' }, store, signal);
}

export function showChange({ kind, name, change, wanted }: PlannedObject, { store, signal }: Around): void {
  const lines = async () => {
    const { differenceOf, yamlLines } = await import('../../install/difference.ts');
    return change ? differenceOf(change) : yamlLines(wanted);
  };
  const format = change ? 'diff' : 'yaml';
  void showText({ title: () => `${kind}/${name}`, format, lines, fromEnd: false }, store, signal);
}

/** Whole, where a toast would cut it off. */
export const showLines = (title: Say, lines: readonly string[], { store, signal }: Around): void =>
  void showText({ title, format: 'plain', lines: async () => lines, fromEnd: false }, store, signal);

/** Into a new file of the folder that the program was started in. */
export async function savePlan(plan: PlanEvent, { toast }: Around): Promise<void> {
  try {
    const { saveManifests } = await import('./manifests.ts');
    const path = await saveManifests(plan, process.cwd());
    toast((t) => t.console.install.plan.savedAs(path));
  } catch (error) {
    toast((t) => t.console.install.plan.notSaved(messageOf(error)));
  }
}
