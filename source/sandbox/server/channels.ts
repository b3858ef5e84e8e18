/** `exec` and `portforward` over WebSocket, in the channels of v5.channel.k8s.io and v4.channel.k8s.io. */
import type { Duplex as Connection } from 'node:stream';
import { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { KubeObject } from '../../stack/types.ts';
import { StatusError } from '../objects/index.ts';
import type { Call } from './call.ts';
import { containerOf, podSpec, podStatus, statusOfContainer } from './containers.ts';
import { webServerFor } from './forwarding.ts';
import { flagOf } from './options.ts';

const v5 = 'v5.channel.k8s.io';
const known: readonly string[] = [v5, 'v4.channel.k8s.io'];
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

const sockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: false,
  handleProtocols: (offered) => known.find((each) => offered.has(each)) ?? false,
});

export type Upgrade = Omit<Call, 'response'> & { readonly connection: Connection; readonly head: Buffer };

/** golang.org/x/net/websocket refuses a protocol it does not know without a word. */
const refusal = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n';

/** @throws StatusError 400 for SPDY, which older kubectls fall back to. */
function isKnown({ request }: Upgrade): boolean {
  if (String(request.headers.upgrade).toLowerCase() !== 'websocket')
    throw StatusError.badRequest('the sandbox speaks WebSocket (v5.channel.k8s.io, v4.channel.k8s.io), and no SPDY');
  const offered = String(request.headers['sec-websocket-protocol'] ?? '');
  return known.some((each) => offered.includes(each));
}

function open({ request, connection, head, signal }: Upgrade, serve: (socket: WebSocket) => void): void {
  sockets.handleUpgrade(request, connection, head, (socket) => {
    const stop = () => socket.terminate();
    signal.addEventListener('abort', stop);
    socket.on('close', () => signal.removeEventListener('abort', stop));
    socket.on('error', () => {});
    serve(socket);
  });
}

const frame = (number: number, data: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(number), Buffer.from(data)]);

const notFound = (container: string): string => `unable to upgrade connection: container not found ("${container}")`;

/** @throws StatusError before the connection is a WebSocket. */
export function serveExec(call: Upgrade, pod: KubeObject): void {
  const { query } = call.info;
  const container = containerOf(pod, query.get('container'));
  if (!isKnown(call)) return void call.connection.end(refusal);
  if (!podSpec(pod).nodeName) throw StatusError.badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  open(call, (socket) => {
    const fail = (text: string) => end(socket, internalStatus(text));
    if (!statusOfContainer(pod, container)?.state?.running) return fail(notFound(container));
    // Nothing here can talk with a terminal: the command runs as if its input were at its end.
    const collects = flagOf(query, 'stdin') && !flagOf(query, 'tty') && socket.protocol === v5;
    void run(call, socket, pod, container, collects).catch(({ message }: Error) =>
      fail(message.startsWith('OCI runtime') ? notStarted(message, call.parts.random) : notFound(container)),
    );
  });
}

/** The container runtime's own words for a command that it cannot start. */
function notStarted(message: string, random: () => number): string {
  const id = Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "${id}": ${message}`;
}

async function run(
  call: Upgrade,
  socket: WebSocket,
  pod: KubeObject,
  container: string,
  collects: boolean,
): Promise<void> {
  const { query } = call.info;
  const { world } = call.parts;
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  const signal = AbortSignal.any([call.signal, gone.signal]);
  const input = collects ? await inputOf(socket) : '';
  const command = query.getAll('command');
  const { exitCode, stdout, stderr } = await world.exec(pod.metadata.uid ?? '', container, command, input, signal);
  const [errors, output] = flagOf(query, 'tty') ? [channel.stdout, channel.stdout] : [channel.stderr, channel.stdout];
  if (stdout && flagOf(query, 'stdout')) socket.send(frame(output, stdout));
  if (stderr && (flagOf(query, 'stderr') || flagOf(query, 'tty'))) socket.send(frame(errors, stderr));
  end(socket, exitStatus(exitCode));
}

/** Until the client says that it is all. */
function inputOf(socket: WebSocket): Promise<string> {
  const pieces: Buffer[] = [];
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (data[0] === channel.stdin) pieces.push(data.subarray(1));
      if (data[0] === channel.close && data[1] === channel.stdin) resolve(Buffer.concat(pieces).toString('utf8'));
    });
  });
}

function end(socket: WebSocket, status: object): void {
  socket.send(frame(channel.status, JSON.stringify(status)));
  socket.close(1000);
}

const internalStatus = (text: string): object => ({
  metadata: {},
  status: 'Failure',
  message: `Internal error occurred: ${text}`,
  reason: 'InternalError',
  details: { causes: [{ message: text }] },
  code: 500,
});

function exitStatus(code: number): object {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** @throws StatusError before the connection is a WebSocket. */
export function servePortForward(call: Upgrade, pod: KubeObject): void {
  if (!isKnown(call)) return void call.connection.end(refusal);
  const asked = call.info.query.getAll('ports').flatMap((each) => each.split(','));
  const odd = asked.find((port) => !/^\d+$/.test(port));
  if (odd !== undefined)
    throw StatusError.badRequest(`cannot convert to []int32: strconv.ParseUint: parsing "${odd}": invalid syntax`);
  if (asked.length === 0) throw StatusError.badRequest('query parameter "port" is required');
  open(call, (socket) => {
    for (const [index, port] of asked.entries()) forward(call, socket, pod, Number(port), 2 * index);
  });
}

/** @param data the channel of the data; errors have the next one. */
function forward({ parts: { world } }: Upgrade, socket: WebSocket, pod: KubeObject, port: number, data: number): void {
  const greeting = Buffer.of(port % 256, port >> 8);
  socket.send(frame(data, greeting));
  socket.send(frame(data + 1, greeting));
  const address = podStatus(pod).podIP ?? '';
  if (!world.listens(address, port)) {
    const why = `failed to connect to localhost:${port} inside namespace "${pod.metadata.uid}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused `;
    socket.send(frame(data + 1, `error forwarding port ${port} to pod ${pod.metadata.uid}, uid : ${why}`));
    socket.close(1000);
    return;
  }
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(frame(data, chunk), (error) => done(error ?? null)),
    final(done) {
      socket.close(1000);
      done();
    },
  });
  stream.on('error', () => socket.terminate());
  socket.on('message', (message: Buffer) => {
    if (message[0] === data && !stream.push(message.subarray(1))) socket.pause();
  });
  socket.on('close', () => stream.destroy());
  if (!world.converse(address, port, stream)) webServerFor(world, address, port).emit('connection', stream);
}
