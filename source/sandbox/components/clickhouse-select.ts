/** SELECT, as far as the console, people at its client and the proof use it: columns, sums, conditions joined by AND, FORMAT. */

export type Row = Readonly<Record<string, unknown>>;

export interface Select {
  readonly columns: readonly { readonly expression: string; readonly name: string }[];
  /** With its database. */
  readonly from: string;
  readonly conditions: readonly string[];
  readonly limit: number;
  readonly format: string;
}

/** In ClickHouse's words. */
export class QueryError extends Error {}

const clauses =
  /^SELECT\s+(.+?)\s+FROM\s+([\w.]+)(?:\s+WHERE\s+(.+?))?(?:\s+ORDER BY\s+.+?)?(?:\s+LIMIT\s+(\d+))?(?:\s+FORMAT\s+(\w+))?\s*;?$/is;

/** Undefined when it is something else. */
export function parseSelect(sql: string): Select | undefined {
  const [, columns = '', from = '', where = '', limit, format = 'TabSeparated'] = clauses.exec(sql) ?? [];
  if (from === '') return undefined;
  return {
    columns: columns.split(/,(?![^(]*\))/).map((each) => {
      const [, expression = '', name = expression] = /^(.+?)(?:\s+AS\s+(\w+))?$/is.exec(each.trim()) ?? [];
      return { expression, name };
    }),
    from,
    conditions: where === '' ? [] : where.split(/\s+AND\s+/i),
    limit: Number(limit ?? Number.POSITIVE_INFINITY),
    format,
  };
}

const aggregate = /^(count|sum|max|min)\((.*)\)$/i;

/** @param uncounted rows that are there, too, but were never sent one by one. @throws QueryError */
export function answerSelect(select: Select, all: readonly Row[], now: number, uncounted = 0): string {
  const rows = all.filter((row) => select.conditions.every((condition) => holds(row, condition, now)));
  const isSum = select.columns.some(({ expression }) => aggregate.test(expression));
  const tuples = isSum
    ? [select.columns.map(({ expression }) => summed(rows, expression, uncounted))]
    : rows.slice(0, select.limit).map((row) => select.columns.flatMap(({ expression }) => valuesIn(row, expression)));
  const names = select.columns.flatMap(({ expression, name }) =>
    expression === '*' ? Object.keys(rows[0] ?? {}) : name,
  );
  return formatted(select.format, names, tuples);
}

function summed(rows: readonly Row[], expression: string, uncounted: number): unknown {
  const [, verb = '', of = ''] = aggregate.exec(expression) ?? [];
  if (verb.toLowerCase() === 'count') return rows.length + uncounted;
  const values = rows.map((row) => Number(valueIn(row, of)));
  if (verb.toLowerCase() === 'sum') return values.reduce((sum, value) => sum + value, 0);
  return values.length === 0 ? 0 : Math[verb.toLowerCase() as 'max' | 'min'](...values);
}

const valuesIn = (row: Row, expression: string): unknown[] =>
  expression === '*' ? Object.values(row) : [valueIn(row, expression)];

function valueIn(row: Row, expression: string): unknown {
  const json = /^JSONExtractString\((\w+),\s*'([^']+)'\)$/.exec(expression);
  if (json) return (JSON.parse(String(row[json[1] as string] ?? '{}')) as Row)[json[2] as string] ?? '';
  const last = /^(.+)\[-1\]$/.exec(expression)?.[1];
  if (last !== undefined) return (valueIn(row, last) as readonly unknown[]).at(-1) ?? '';
  const readable = /^formatReadableSize\((.+)\)$/.exec(expression)?.[1];
  if (readable !== undefined) return readableSize(Number(valueIn(row, readable)));
  if (expression in row) return row[expression];
  throw new QueryError(`Code: 47. DB::Exception: Unknown expression identifier '${expression}'. (UNKNOWN_IDENTIFIER)`);
}

export function readableSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(5, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 2 ** (10 * power)).toFixed(2)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'][power]}`;
}

const operators: Readonly<Record<string, (left: unknown, right: string) => boolean>> = {
  '=': (left, right) => String(left) === right,
  '!=': (left, right) => String(left) !== right,
  '>': (left, right) => compared(left, right) > 0,
  '<': (left, right) => compared(left, right) < 0,
  '>=': (left, right) => compared(left, right) >= 0,
  '<=': (left, right) => compared(left, right) <= 0,
  LIKE: (left, right) => new RegExp(`^${right.replaceAll('%', '.*')}$`).test(String(left)),
};
const compared = (left: unknown, right: string): number =>
  Number.isNaN(Number(right))
    ? String(left) < right
      ? -1
      : Number(String(left) > right)
    : Number(left) - Number(right);

const unitsMs: Readonly<Record<string, number>> = { SECOND: 1e3, MINUTE: 6e4, HOUR: 36e5, DAY: 864e5 };

function holds(row: Row, condition: string, now: number): boolean {
  const [, left = '', operator = '', right = ''] = /^(.+?)\s*(!=|>=|<=|=|>|<|\bLIKE\b)\s*(.+)$/is.exec(condition) ?? [];
  if (operator === '') {
    const [, not, expression = ''] = /^(NOT\s+)?(.+)$/is.exec(condition) ?? [];
    return (Number(valueIn(row, expression)) !== 0) === (not === undefined);
  }
  const [, amount, unit = ''] = /^now\(\)(?:\s*-\s*INTERVAL\s+(\d+)\s+(\w+))?$/i.exec(right) ?? [];
  const literal = right.startsWith('now()')
    ? new Date(now - Number(amount ?? 0) * (unitsMs[unit.toUpperCase()] ?? 0)).toISOString()
    : right.replace(/^'(.*)'$/s, '$1');
  return (operators[operator.toUpperCase()] as (typeof operators)[string])(valueIn(row, left.trim()), literal);
}

type Table = readonly (readonly unknown[])[];
const cell = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map((each) => `'${each}'`).join(',')}]`
    : String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');
const objectsOf = (names: readonly string[], rows: Table) =>
  rows.map((row) => Object.fromEntries(row.map((value, index) => [names[index], value])));
const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');

const formats: Readonly<Record<string, (names: readonly string[], rows: Table) => string>> = {
  TabSeparated: (_, rows) => lines(rows.map((row) => row.map(cell).join('\t'))),
  TSV: (names, rows) => formatted('TabSeparated', names, rows),
  TabSeparatedWithNames: (names, rows) => formatted('TabSeparated', names, [names, ...rows]),
  TSVWithNames: (names, rows) => formatted('TabSeparated', names, [names, ...rows]),
  JSONEachRow: (names, rows) => lines(objectsOf(names, rows).map((row) => JSON.stringify(row))),
  JSON: (names, rows) =>
    `${JSON.stringify({ meta: names.map((name) => ({ name })), data: objectsOf(names, rows), rows: rows.length }, null, 2)}\n`,
};

function formatted(format: string, names: readonly string[], rows: Table): string {
  const write = formats[format];
  if (!write) throw new QueryError(`Code: 73. DB::Exception: Unknown format ${format}. (UNKNOWN_FORMAT)`);
  return write(names, rows);
}
