/** What a bearer token may consist of: what fits into a header. A file that is none would otherwise fail as our own mistake. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
