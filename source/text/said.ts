/** A value out of JSON as a person reads it: a text is itself. One that is nested deeper than anybody reads is told as such. */
export function said(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Deeper than the stack.
    return '…';
  }
}
