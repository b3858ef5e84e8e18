import type { InstallEvent } from '../../source/install/events.ts';

/** Runs to the end, letting time pass; gives what was told and how it ended. */
export async function ran(
  events: AsyncGenerator<InstallEvent>,
  pass: (ms: number) => Promise<void>,
  stepMs = 1_000,
  steps = 400,
) {
  const told: InstallEvent[] = [];
  let over = false;
  let error: unknown;
  const running = (async () => {
    for await (const event of events) told.push(event);
  })().catch((caught: unknown) => {
    error = caught;
  });
  void running.then(() => {
    over = true;
  });
  for (let step = 0; step < steps && !over; step++) await pass(stepMs);
  if (!over) throw new Error(`not over after ${steps} steps; last: ${JSON.stringify(told.at(-1))}`);
  return { told, error: error as { code?: string; exit?: number; message?: string } | undefined };
}
