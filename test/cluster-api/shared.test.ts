import { expect, test } from 'vitest';
import { shared } from '../../source/cluster/shared.ts';

function slowWork() {
  const runs: { readonly signal: AbortSignal; readonly result: PromiseWithResolvers<number> }[] = [];
  const ask = shared((signal) => {
    const result = Promise.withResolvers<number>();
    runs.push({ signal, result });
    return result.promise;
  });
  return { runs, ask };
}

test('all who ask meanwhile get the result of one run; who asks later gets a new one', async () => {
  const { runs, ask } = slowWork();
  const asked = [ask(), ask()];
  runs[0]?.result.resolve(1);
  expect(await Promise.all(asked)).toEqual([1, 1]);
  const later = ask();
  runs[1]?.result.resolve(2);
  expect(await later).toBe(2);
  expect(runs).toHaveLength(2);
});

test('its failure is everybody’s, and not kept', async () => {
  const { runs, ask } = slowWork();
  const asked = [ask(), ask()];
  runs[0]?.result.reject(new Error('no'));
  await Promise.all(asked.map((each) => expect(each).rejects.toThrow('no')));
  void ask();
  expect(runs).toHaveLength(2);
});

test('one who leaves leaves the others their run; the last one ends it', async () => {
  const { runs, ask } = slowWork();
  const [first, last] = [new AbortController(), new AbortController()];
  const asked = [ask(first.signal), ask(last.signal)];
  first.abort(new Error('first left'));
  await expect(asked[0]).rejects.toThrow('first left');
  expect(runs[0]?.signal.aborted).toBe(false);
  last.abort(new Error('last left'));
  await expect(asked[1]).rejects.toThrow('last left');
  expect(runs[0]?.signal.aborted).toBe(true);
});
