/** Lines of a component that are kept and let go together, and what is known of each of them. */
import type { Lines } from './lines-with.ts';
import type { Marker, Run } from './types.ts';

/** Bytes of lines; one that is longer has a block for itself. */
const blockBytes = 64 * 1024;

export interface Block extends Lines {
  readonly first: number;
  length: number;
  readonly starts: number[];
  readonly runs: Run[];
  /** Of a line that continues another: how far back that one is, below 0. Of all others: how many lines continue them. */
  readonly kin: number[];
  /** Of each line: 0 not looked at, 1 none, then the levels. */
  readonly levels: number[];
  readonly markers: Map<number, Marker>;
}

/** @param first number of its first line. @param bytes there is room for so many at least */
export const emptyBlock = (first: number, bytes: number): Block => ({
  first,
  bytes: Buffer.allocUnsafe(Math.max(blockBytes, bytes)),
  length: 0,
  starts: [],
  runs: [],
  kin: [],
  levels: [],
  markers: new Map(),
});
