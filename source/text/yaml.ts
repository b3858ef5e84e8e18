/**
 * unknown data as YAML that every version of YAML reads alike. Only writes, and only what JSON can hold: for the few
 * forms that objects of Kubernetes need, ten times as fast as a library that keeps comments and anchors.
 */

/** One document, with a line break at its end. `undefined` in a map is left out. */
export function toYaml(value: unknown): string {
  return isBranch(value) ? `${branch(value, '')}\n` : `${scalar(value, '')}\n`;
}

function isBranch(value: unknown): value is Record<string, unknown> | readonly unknown[] {
  return (
    value !== null && typeof value === 'object' && (Array.isArray(value) ? value.length : Object.keys(value).length) > 0
  );
}

/** Lines of a list or map that is not empty, the first one without its indent. */
function branch(value: Record<string, unknown> | readonly unknown[], indent: string): string {
  const lines = Array.isArray(value)
    ? value.map((item) => `- ${isBranch(item) ? branch(item, `${indent}  `) : scalar(item, indent)}`)
    : Object.entries(value)
        .filter(([, inner]) => inner !== undefined)
        .map(([key, inner]) => `${text(key)}:${entry(inner, indent)}`);
  return lines.join(`\n${indent}`);
}

function entry(value: unknown, indent: string): string {
  if (!isBranch(value)) return ` ${scalar(value, indent)}`;
  const inner = `${indent}  `;
  return `\n${inner}${branch(value, inner)}`;
}

function scalar(value: unknown, indent: string): string {
  if (typeof value === 'string') return block(value, indent) ?? text(value);
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  return String(value);
}

/** What a plain scalar may look like without meaning anything but its text, in YAML 1.1 too (where `12:30` is a number). */
const plain = /^[A-Za-z_/$][\w./$()@%+=,-]*(?:(?: |:(?=[\w/]))[\w./$()@%+=,-]+)*$/;
const quantity = /^\d+(?:m|[KMGT]i)$/;
const reserved = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

function text(value: string): string {
  if ((plain.test(value) && !reserved.test(value)) || quantity.test(value)) return value;
  return JSON.stringify(value).replace(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What JSON leaves as it is and YAML does not allow, or a terminal would obey; line separators among them. */
const unprintable = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Spaces that begin a text decide its indent, and further line breaks at its end need a mark of their own. */
const notAsBlock = /^[ \n]|\n\n$|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/;

/** A text of several lines as it is, when nothing in it would get lost that way. */
function block(value: string, indent: string): string | undefined {
  if (!value.includes('\n') || notAsBlock.test(value)) return undefined;
  const ends = value.endsWith('\n');
  const lines = (ends ? value.slice(0, -1) : value)
    .split('\n')
    .map((line) => (line === '' ? '' : `${indent}  ${line}`));
  return `${ends ? '|' : '|-'}\n${lines.join('\n')}`;
}
