/** The keys of the console, from the records that react to them. */
import { keyTable } from '../console/app.ts';
import { keyName } from '../console/keys/bindings.ts';
import { dictionaries, type Language } from '../messages/index.ts';
import { markdownTable } from './table.ts';

export function keysTable(language: Language): string {
  const t = dictionaries[language];
  const head = language === 'en' ? ['where', 'keys', 'what'] : ['位置', '按键', '作用'];
  const rows = keyTable.flatMap(({ name, bindings }) =>
    bindings.map((binding, index) => [
      index === 0 ? name(t) : '',
      binding.keys.map((key) => `\`${keyName(key)}\``).join(' '),
      (binding.description ?? binding.label)(t),
    ]),
  );
  return markdownTable(head, rows);
}
