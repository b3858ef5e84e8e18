/** The words of YAML, and of descriptions, by what they are. Pure. */
import { accent, dim, good, type Line, strong } from '../draw/line.ts';
import { indentOf } from './outline.ts';

const entry = /^(\s*(?:- )*)((?:[^\s"'#][^:]*?|"(?:[^"\\]|\\.)*"):(?=\s|$))?(\s*)(.*)$/s;
const bare = /^(?:true|false|null|~|-?\d[\d.]*|\[\]|\{\}|)$/;
const beginsText = /^[|>][-+]?\d?$/;

/** Every line with its keys, texts and comments told apart. */
export function tonedYaml(lines: readonly string[]): readonly Line[] {
  /** Indent of the key whose text of several lines goes on. */
  let within: number | undefined;
  return lines.map((line): Line => {
    if (within !== undefined && (line.trim() === '' || indentOf(line) > within)) return [good(line)];
    within = undefined;
    const [, lead = '', key = '', gap = '', value = ''] = entry.exec(line) ?? [];
    if (beginsText.test(value)) within = indentOf(line);
    return [lead, ...(key === '' ? [] : [accent(key)]), gap, tonedValue(value)].filter((part) => part !== '');
  });
}

function tonedValue(value: string): Line[number] {
  if (value.startsWith('#') || /^"?\(hidden\)"?$/.test(value)) return dim(value);
  return bare.test(value) || beginsText.test(value) ? value : good(value);
}

/** A description as `kubectl describe` has it: what each block is about, and what a value is called, stand out. */
export const tonedDescription = (lines: readonly string[]): readonly Line[] =>
  lines.map((line): Line => {
    if (line !== '' && indentOf(line) === 0) return [strong(line)];
    const [, lead = '', name = '', value = ''] = /^(\s+)(\S+(?:=|:(?= )))?(.*)$/s.exec(line) ?? [];
    return name === '' ? [line] : [lead, accent(name), value];
  });
