/** Identifiers of a probe. Random comes from the caller. */
import type { RandomBytes } from '../../stack/secrets.ts';
import { randomAlphanumeric } from '../../stack/secrets.ts';

function format(bytes: Uint8Array, version: number): string {
  const marked = Uint8Array.from(bytes);
  marked[6] = ((marked[6] ?? 0) & 0x0f) | (version << 4);
  marked[8] = ((marked[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(marked).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export const uuid = (random: RandomBytes): string => format(random(16), 4);

/** PostHog takes only UUIDs of version 7, which begin with the time, as session ids. */
export function uuidV7(epochMs: number, random: RandomBytes): string {
  const bytes = Uint8Array.from(random(16));
  let rest = epochMs;
  for (let index = 5; index >= 0; index--) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return format(bytes, 7);
}

/** Has the shape of a project's key, which is all that capture checks (stack-spec H.1), and belongs to no project. */
export const strangeToken = (random: RandomBytes): string => `phc_${randomAlphanumeric(43, random)}`;
