/** One connection to a port of a pod, as a stream. */
import { Duplex } from 'node:stream';
import { ConnectionError } from './api-error.ts';
import { openSocket } from './channels.ts';
import type { Transport } from './transport.ts';

const dataChannel = 0;
const errorChannel = 1;
/** The first message on each channel starts with the port, in two bytes. */
const portBytes = 2;
/** How a WebSocket closes when both sides have said all: with a code, or without one. */
const cleanCloses: readonly number[] = [1000, 1005];

/**
 * The stream ends when the pod closes its side. It fails with a ConnectionError when nobody listens on the port (`refused`) or
 * the way to it breaks (`reset`), and with the signal's reason.
 * @throws ApiError when the server refuses; ConnectionError when it cannot be reached.
 */
export async function portForward(
  transport: Transport,
  path: string,
  port: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const socket = await openSocket(transport, `${path}?ports=${port}`, ['v4.channel.k8s.io'], signal);
  const greeted = new Set<number>();
  const stream = new Duplex({
    read() {
      socket.resume();
    },
    write(chunk: Buffer, _encoding, done) {
      if (socket.readyState !== socket.OPEN) return done(new ConnectionError('reset', 'the port-forward has ended'));
      // Called back when the kernel has taken it: that is what makes a fast writer wait for a slow pod.
      socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), (error) => done(error ?? null));
    },
    final(done) {
      socket.close();
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (data: Buffer) => {
    const channel = data[0] as number;
    const payload = data.subarray(greeted.has(channel) ? 1 : 1 + portBytes);
    greeted.add(channel);
    if (payload.length === 0) return;
    if (channel === dataChannel && !stream.push(payload)) socket.pause();
    if (channel === errorChannel) stream.destroy(new ConnectionError('refused', payload.toString('utf8').trim()));
  });
  socket.once('close', (code) => {
    if (cleanCloses.includes(code)) stream.push(null);
    else stream.destroy(signal?.aborted ? asError(signal.reason) : new ConnectionError('reset', `WebSocket ${code}`));
  });
  socket.resume();
  return stream;
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
