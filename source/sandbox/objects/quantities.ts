/** Quantities as the server takes and writes them (k8s.io/apimachinery pkg/api/resource 0.34), rounded up to thousandths. */
import type { Schema } from '../types.ts';

export const isQuantity = (schema: Schema): boolean => schema.format === 'quantity';

export const noQuantity = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

interface Parsed {
  readonly thousandths: bigint;
  readonly form: 'decimal' | 'binary' | 'exponent';
}

function parsed(value: unknown): Parsed | undefined {
  const parts = pattern.exec(String(value));
  const [, sign = '', whole = '', fraction = '', suffix = '', exponent] = parts ?? [];
  if (!parts || (typeof value !== 'string' && typeof value !== 'number') || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const isBinary = suffix.endsWith('i');
  const power = isBinary ? 0 : exponent === undefined ? 3 * (decimal.indexOf(suffix) - 3) : Number(exponent);
  const multiplier = isBinary ? 1024n ** BigInt(binary.indexOf(suffix)) : 10n ** BigInt(Math.max(power, 0));
  const divisor = 10n ** BigInt(fraction.length + Math.max(-power, 0));
  const thousandths = (digits * multiplier * 1000n + divisor - 1n) / divisor;
  const form = isBinary ? 'binary' : exponent === undefined ? 'decimal' : 'exponent';
  return { thousandths: sign === '-' ? -thousandths : thousandths, form };
}

export const isSoundQuantity = (value: unknown): boolean => parsed(value) !== undefined;

/** With the largest suffix that leaves a whole number: `1000m` is `1`, `1024Mi` is `1Gi`, 0.5 is `500m`. */
export function canonicalQuantity(value: unknown): string {
  const quantity = parsed(value);
  if (!quantity) return String(value);
  const { thousandths, form } = quantity;
  const isWhole = thousandths % 1000n === 0n;
  if (form === 'binary' && isWhole && (thousandths >= 1_024_000n || thousandths <= -1_024_000n))
    return written(thousandths / 1000n, 1024n, binary);
  if (form === 'exponent' && isWhole) return written(thousandths / 1000n, 1000n, ['', 'e3', 'e6', 'e9', 'e12', 'e15']);
  return written(thousandths, 1000n, decimal.slice(2));
}

function written(amount: bigint, step: bigint, suffixes: readonly string[]): string {
  if (amount === 0n) return '0';
  let [rest, index] = [amount, 0];
  while (index < suffixes.length - 1 && rest % step === 0n) [rest, index] = [rest / step, index + 1];
  return `${rest}${suffixes[index]}`;
}
