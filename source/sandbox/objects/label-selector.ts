/** Label selectors: grammar, texts and meaning of k8s.io/apimachinery pkg/labels 0.34. */
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
  const problems = keyProblems(key).join('; ');
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
    const problem = valueProblem(value);
    if (problem) throw unparsable(`values[${index}][${key}]: Invalid value: ${shown}: ${problem}`);
  }
}

const nameText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const valueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const prefixText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const tooLong = (limit: number): string => `must be no more than ${limit} characters`;

const name = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What is wrong with a label's key, as IsQualifiedName says it. */
function keyProblems(key: string): readonly string[] {
  const parts = key.split('/');
  if (parts.length > 2)
    return [`a qualified name ${nameText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const [last = '', prefix] = parts.toReversed();
  const problems: string[] = [];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined && prefix.length > 253) problems.push(`prefix part ${tooLong(253)}`);
  else if (prefix !== undefined && !subdomain.test(prefix)) problems.push(`prefix part ${prefixText}`);
  if (last === '') problems.push('name part must be non-empty');
  else if (last.length > 63) problems.push(`name part ${tooLong(63)}`);
  if (!name.test(last)) problems.push(`name part ${nameText}`);
  return problems;
}

function valueProblem(value: string): string | undefined {
  if (value.length > 63) return tooLong(63);
  return value === '' || name.test(value) ? undefined : valueText;
}
