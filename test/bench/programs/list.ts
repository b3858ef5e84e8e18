/** Fills a namespace of the server in KUBECONFIG with pods, and lists them whenever a line comes; prints how long it took. */
import { createInterface } from 'node:readline';
import { fillWithPods, podsPath, removePods } from '../pods.ts';
import { placeOf } from '../requests.ts';

const place = await placeOf(process.env['BENCH_KUBECONFIG'] ?? '');
try {
  await fillWithPods(place, Number(process.env['BENCH_PODS']));
  print({ ready: true });
  for await (const _ of createInterface({ input: process.stdin })) {
    const started = performance.now();
    const { length: bytes } = await place.send('GET', podsPath);
    print({ ms: performance.now() - started, bytes });
  }
} finally {
  await removePods(place);
  place.close();
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
