/** Label selectors: grammar, texts and meaning of k8s.io/apimachinery pkg/labels 0.34. */
import { labelKeyProblems, labelValueProblems } from '../schema/validate/names.ts';
import { StatusError } from './status-error.ts';
import { isMap, type JsonMap, mapOf } from './values.ts';

interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. @throws StatusError 400 with the server's text. */
export function parseLabelSelector(text: string): (labels: JsonMap) => boolean {
  const requirements = requirementsOf(text.match(/==|!=|[=!<>(),]|[^\s=!<>(),]+/g) ?? []);
  return (labels) => requirements.every((requirement) => holds(requirement, labels));
}

/** Whether a `LabelSelector` object, or a plain map of labels, selects them. No selector selects nothing. */
export function matchesSelector(selector: unknown, labels: unknown): boolean {
  if (!isMap(selector)) return false;
  const has = mapOf(labels);
  const isSelector = isMap(selector['matchLabels']) || Array.isArray(selector['matchExpressions']);
  const exact = mapOf(isSelector ? selector['matchLabels'] : selector);
  const expressions = (isSelector ? (selector['matchExpressions'] ?? []) : []) as readonly Requirement[];
  return (
    Object.entries(exact).every(([key, value]) => has[key] === value) &&
    expressions.every(({ key, operator, values }) => holds({ key, operator, values: values ?? [] }, has))
  );
}

/** A `LabelSelector` object as `kubectl -l` takes it; empty for none. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = mapOf(selector);
  const exact = Object.entries(mapOf(matchLabels)).map(([key, value]) => `${key}=${value}`);
  const others = ((matchExpressions ?? []) as readonly Requirement[]).map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    return operator === 'DoesNotExist'
      ? `!${key}`
      : `${key} ${operator.toLowerCase()} (${values.toSorted().join(',')})`;
  });
  return [...exact, ...others].sort().join(',');
}

function holds({ key, operator, values }: Requirement, labels: JsonMap): boolean {
  const value = labels[key];
  if (typeof value !== 'string') return operator === 'NotIn' || operator === 'DoesNotExist';
  switch (operator) {
    case 'In':
      return values.includes(value);
    case 'NotIn':
      return !values.includes(value);
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return operator === 'Exists';
  }
}

const operators: Readonly<Record<string, Requirement['operator']>> = {
  '=': 'In',
  '==': 'In',
  in: 'In',
  '!=': 'NotIn',
  notin: 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};

const isWord = (token: string): boolean => token !== '' && !/[=!<>(),]/.test(token);

const refusal = (why: string): StatusError => StatusError.badRequest(why);
const unparsable = (why: string): StatusError => refusal(`unable to parse requirement: ${why}`);

function requirementsOf(tokens: readonly string[]): readonly Requirement[] {
  let at = 0;
  const peek = (): string => tokens[at] ?? '';
  const next = (): string => tokens[at++] ?? '';
  const requirements: Requirement[] = [];
  while (at < tokens.length) {
    if (!isWord(peek()) && peek() !== '!')
      throw refusal(`found '${peek()}', expected: !, identifier, or 'end of string'`);
    requirements.push(requirement(peek, next));
    const comma = next();
    if (comma === '') break;
    if (comma !== ',') throw refusal(`found '${comma}', expected: ',' or 'end of string'`);
    if (!isWord(peek()) && peek() !== '!') throw refusal(`found '${peek()}', expected: identifier after ','`);
  }
  return requirements;
}

function requirement(peek: () => string, next: () => string): Requirement {
  const isAbsent = peek() === '!';
  if (isAbsent) next();
  const key = next();
  if (!isWord(key)) throw unparsable(`found '${key}', expected: identifier`);
  const problems = labelKeyProblems(key).join('; ');
  if (problems) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems}`);
  if (isAbsent) return { key, operator: 'DoesNotExist', values: [] };
  if (peek() === '' || peek() === ',') return { key, operator: 'Exists', values: [] };
  const sign = next();
  const operator = operators[sign];
  if (!operator) throw unparsable(`found '${sign}', expected: in, notin, =, ==, !=, gt, lt`);
  const values = sign.endsWith('in') ? listed(peek, next) : [exact(peek, next)];
  refuseValues(key, operator, values);
  return { key, operator, values };
}

function exact(peek: () => string, next: () => string): string {
  if (peek() === '' || peek() === ',') return '';
  const value = next();
  if (!isWord(value)) throw unparsable(`found '${value}', expected: identifier`);
  return value;
}

function listed(peek: () => string, next: () => string): readonly string[] {
  const open = next();
  if (open !== '(') throw unparsable(`found '${open}' expected: '('`);
  const values: string[] = [];
  for (;;) {
    // What stands between two commas is the empty value.
    values.push(isWord(peek()) ? next() : '');
    const end = next();
    if (end === ')') return values;
    if (end !== ',') throw unparsable(`found '${end}', expected: ',' or ')'`);
  }
}

function refuseValues(key: string, operator: Requirement['operator'], values: readonly string[]): void {
  for (const [index, value] of values.entries()) {
    const shown = JSON.stringify(value);
    if ((operator === 'Gt' || operator === 'Lt') && !/^[-+]?\d+$/.test(value))
      throw unparsable(
        `values[${index}]: Invalid value: ${shown}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    const problem = labelValueProblems(value).join('; ');
    if (problem) throw unparsable(`values[${index}][${key}]: Invalid value: ${shown}: ${problem}`);
  }
}
