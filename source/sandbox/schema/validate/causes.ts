/** Refusals of fields in the words of the real server (apimachinery `field.Error`). */
import { equal } from '../../objects/values.ts';
import type { StatusCause } from '../../types.ts';

export type Causes = readonly StatusCause[];
export type Tree = Readonly<Record<string, unknown>>;

export const tree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {});
export const list = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value.map(tree) : []);
export const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const shown = (value: unknown): string => JSON.stringify(value ?? null);

export const required = (field: string, why?: string): StatusCause => ({
  reason: 'FieldValueRequired',
  message: why === undefined ? 'Required value' : `Required value: ${why}`,
  field,
});
export const invalid = (field: string, value: unknown, why: string): StatusCause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${shown(value)}: ${why}`,
  field,
});
export const tooLong = (field: string, most: number): StatusCause => ({
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${most} bytes`,
  field,
});
export const notSupported = (field: string, value: unknown, supported: readonly string[]): StatusCause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${shown(value)}: supported values: ${supported.map(shown).join(', ')}`,
  field,
});
export const forbidden = (field: string, why: string): StatusCause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
});
export const notFound = (field: string, value: unknown): StatusCause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${shown(value)}`,
  field,
});
export const duplicate = (field: string, value: unknown): StatusCause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${shown(value)}`,
  field,
});

/** The cause, if it is one. */
export const when = (isWrong: boolean, cause: StatusCause): Causes => (isWrong ? [cause] : []);

export const needed = (field: string, value: unknown, why?: string): Causes =>
  when(!isGiven(value), required(field, why));

export const unchanged = (field: string, value: unknown, before: unknown, why = 'field is immutable'): Causes =>
  when(!equal(value, before), invalid(field, value, why));

/** What is given must be one of these. */
export const oneOf = (field: string, value: unknown, supported: readonly string[]): Causes =>
  when(isGiven(value) && !supported.includes(String(value)), notSupported(field, value, supported));

export const notNegative = (field: string, value: unknown): Causes =>
  when(typeof value === 'number' && value < 0, invalid(field, value, 'must be greater than or equal to 0'));

export const port = (field: string, value: unknown): Causes =>
  when(
    typeof value === 'number' && (value < 1 || value > 65_535),
    invalid(field, value, 'must be between 1 and 65535, inclusive'),
  );
