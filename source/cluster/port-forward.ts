/** One connection to a port of a pod, as a stream. */
import { Duplex } from 'node:stream';
import { ConnectionError } from './api-error.ts';
import { openSocket } from './channels.ts';
import type { Transport } from './transport.ts';

const dataChannel = 0;
const errorChannel = 1;
/** The first message on each channel repeats the port in two bytes. */
const portBytes = 2;
/** Above this much unsent data the writer is asked to wait. */
const highWater = 2 ** 20;

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
      socket.send(
        Buffer.concat([Buffer.of(dataChannel), chunk]),
        socket.bufferedAmount > highWater ? (error) => done(error) : undefined,
      );
      if (socket.bufferedAmount <= highWater) done();
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
    if (!greeted.has(channel)) {
      greeted.add(channel);
      if (data.length <= 1 + portBytes) return;
    }
    if (channel === dataChannel && !stream.push(data.subarray(1))) socket.pause();
    if (channel === errorChannel)
      stream.destroy(new ConnectionError('refused', data.subarray(1).toString('utf8').trim()));
  });
  socket.once('close', () => stream.push(null));
  socket.resume();
  return stream;
}
