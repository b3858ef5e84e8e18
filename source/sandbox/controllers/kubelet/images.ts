/** Images on the nodes: pulled once, as fast as the network is, or refused in containerd's words. */
import { createHash } from 'node:crypto';
import type { Desk } from '../desk.ts';
import type { EventType } from '../events.ts';
import type { Container } from '../model.ts';
import { backOffAfter, floor, goDuration } from './waiting.ts';

/** Why an image cannot be had. */
export class PullError extends Error {}

export interface Images {
  has(image: string): boolean;
  /** @returns the event's account of it. @throws PullError */
  pull(image: string, signal: AbortSignal): Promise<string>;
}

/** The registry's own name of an image: `redis:7` is `docker.io/library/redis:7`. */
function fullReference(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length === 0) return tagged(`docker.io/library/${image}`);
  return tagged(/[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`);
}
const tagged = (reference: string): string =>
  /[:@]/.test(reference.split('/').at(-1) ?? '') ? reference : `${reference}:latest`;

/** With the digest, as statuses name it. */
export function imageIdOf(image: string): string {
  const reference = fullReference(image);
  const [name = '', digest] = reference.split('@');
  const repository = name.replace(/:[^/:]*$/, '');
  return `${repository}@${digest ?? `sha256:${createHash('sha256').update(reference).digest('hex')}`}`;
}

/** @param bytesOf an image's size; undefined when no registry has it. @param present what was pulled earlier. */
export function imagesOf(
  desk: Desk,
  bytesOf: (image: string) => number | undefined,
  bytesPerSecond: number,
  present: Iterable<string>,
): Images {
  const have = new Set(present);
  const pulling = new Map<string, Promise<void>>();
  return {
    has: (image) => have.has(image),
    async pull(image, signal) {
      const bytes = bytesOf(image);
      const reference = fullReference(image);
      if (bytes === undefined)
        throw new PullError(
          `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reference}: not found`,
        );
      const ms = have.has(image) ? 400 : 400 + (bytes / bytesPerSecond) * 1000;
      // Who needs the same image waits for the same bytes; they arrive even when the first one is given up.
      const under = pulling.get(image) ?? desk.pace.work(ms, desk.signal);
      pulling.set(image, under);
      await Promise.race([under, aborted(signal)]);
      pulling.delete(image);
      have.add(image);
      const took = goDuration(ms);
      return `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${bytes} bytes.`;
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Pulls the image of a container, again and again if need be. @param wait hears why the container waits. */
export async function pullUntilThere(
  desk: Desk,
  images: Images,
  { image, imagePullPolicy }: Container,
  say: (type: EventType, reason: string, message: string) => void,
  wait: (reason: string, message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 0; ; tries++) {
    if (imagePullPolicy !== 'Always' && images.has(image)) {
      say('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return;
    }
    say('Normal', 'Pulling', `Pulling image "${image}"`);
    try {
      say('Normal', 'Pulled', await images.pull(image, signal));
      return;
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      say('Warning', 'Failed', `Failed to pull image "${image}": ${error.message}`);
      say('Warning', 'Failed', 'Error: ErrImagePull');
      wait('ErrImagePull', error.message);
      await desk.pause(1000, floor, signal);
      const backOff = `Back-off pulling image "${image}"`;
      say('Normal', 'BackOff', backOff);
      say('Warning', 'Failed', 'Error: ImagePullBackOff');
      wait('ImagePullBackOff', `${backOff}: ErrImagePull: ${error.message}`);
      await desk.pause(backOffAfter(tries), floor, signal);
    }
  }
}
