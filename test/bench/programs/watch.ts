/**
 * Observes an instance until stdin ends. Prints one JSON line when it sees `web` become ready, and at the end what it
 * saw of the pods' stamps and how its memory was after a quarter of the time and at the end.
 */
import { componentHealth } from '../../../source/observe/health.ts';
import { observe } from '../../../source/observe/observer.ts';
import type { Snapshot } from '../../../source/observe/types.ts';
import { context, openCluster, stamp } from './cluster.ts';

/** Where the measurement writes when it changed an object. */
const stampKey = 'bench/at';
const collect = (globalThis as { gc?: () => void }).gc;

const end = new AbortController();
const lags: number[] = [];
const heaps: number[] = [];
let last = 0;
let wasReady = false;

process.stdin.on('data', (chunk: Buffer) => {
  // A line asks for a look at the memory.
  if (chunk.includes('heap')) heaps.push(heapUsed());
});
process.stdin.on('end', () => end.abort());

const cluster = await openCluster();
const observer = observe(cluster, { app: 'posthog', clock: context.clock, signal: end.signal });
await observer.ready;
print({ watching: true });
while (!end.signal.aborted) {
  look(observer.snapshot());
  await observer.next(end.signal).catch(() => undefined);
}
print({ lags, heaps, cpuMs: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000 });
await cluster.close();

function look(snapshot: Snapshot): void {
  const seen = stamp();
  const ready = componentHealth('web', snapshot).state === 'ready';
  if (ready && !wasReady) print({ readySeenAt: seen });
  wasReady = ready;
  const newest = Math.max(
    0,
    ...snapshot.objects.Pod.map(({ metadata }) => Number(metadata.annotations?.[stampKey] ?? 0)),
  );
  if (newest > last) lags.push(seen - newest);
  last = newest;
}

function heapUsed(): number {
  collect?.();
  return process.memoryUsage().heapUsed;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
