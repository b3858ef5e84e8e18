/** Runs a command in a container. Settles once: on the command's status, or when the connection ends, whichever is first. */
import type { WebSocket } from 'ws';
import { ApiError, ConnectionError } from './api-error.ts';
import { openSocket } from './channels.ts';
import { queryOf } from './query.ts';
import type { Transport } from './transport.ts';
import type { ExecOptions, ExecResult } from './types.ts';
import { within } from './within.ts';

const defaultTimeoutMs = 60_000;
/** More than any command here prints; the rest is cut, so that no command can fill our memory. */
const outputLimit = 16 * 2 ** 20;
const v5 = 'v5.channel.k8s.io';
const v4 = 'v4.channel.k8s.io';
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

interface ExecStatus {
  readonly status?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

/** @throws ApiError when the command could not be run, ConnectionError when its end was not seen. */
export async function execIn(
  transport: Transport,
  path: string,
  command: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  const tooLate = () => new ConnectionError('timeout', 'the command did not end in time');
  const patience = { ms: options.timeoutMs ?? defaultTimeoutMs, tooLate };
  return await within(patience, transport.clock, options.signal, async (signal) =>
    attend(await openCommand(transport, path, command, options, signal), options, signal),
  );
}

async function openCommand(
  transport: Transport,
  path: string,
  command: readonly string[],
  { container, stdin }: ExecOptions,
  signal: AbortSignal,
): Promise<WebSocket> {
  const open = (words: readonly string[], protocols: readonly string[]) => {
    const query = queryOf({
      container,
      stdin: stdin === undefined ? undefined : 'true',
      stdout: 'true',
      stderr: 'true',
    });
    const commands = words.map((word) => `&command=${encodeURIComponent(word)}`).join('');
    return openSocket(transport, path + query + commands, protocols, signal);
  };
  if (stdin === undefined) return open(command, [v5, v4]);
  try {
    return await open(command, [v5]);
  } catch (error) {
    if (!refusesProtocol(error)) throw error;
    return open(withCountedInput(command, stdin), [v4]);
  }
}

/** Servers before Kubernetes 1.30 know no v5: golang.org/x/net/websocket answers an unknown protocol with a bare 403 or 400. */
function refusesProtocol(error: unknown): boolean {
  if (error instanceof ApiError) return [400, 403].includes(error.code);
  return error instanceof ConnectionError && error.detail.includes('subprotocol');
}

/** Only v5 can end the input, so with v4 the container's shell counts it. */
function withCountedInput(command: readonly string[], stdin: string): readonly string[] {
  return ['sh', '-c', 'head -c "$0" | "$@"', String(Buffer.byteLength(stdin)), ...command];
}

/** Gives the input, gathers the output, and waits for the status. */
async function attend(socket: WebSocket, { stdin, encoding }: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
  const output = { [channels.stdout]: [] as Buffer[], [channels.stderr]: [] as Buffer[] };
  let size = 0;
  const ended = new Promise<ExecStatus>((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      const channel = data[0];
      const payload = data.subarray(1);
      if (channel === channels.status) {
        socket.close();
        resolve(statusOf(payload));
      } else if (channel === channels.stdout || channel === channels.stderr) {
        size += payload.length;
        if (size <= outputLimit) output[channel].push(payload);
      }
    });
    socket.once('close', () =>
      reject(signal.aborted ? signal.reason : new ConnectionError('reset', 'the command ended without a status')),
    );
  });
  socket.resume();
  if (stdin !== undefined) {
    socket.send(Buffer.concat([Buffer.of(channels.stdin), Buffer.from(stdin)]));
    if (socket.protocol === v5) socket.send(Buffer.of(channels.close, channels.stdin));
  }
  return {
    exitCode: exitCodeOf(await ended),
    stdout: Buffer.concat(output[channels.stdout]).toString(encoding ?? 'utf8'),
    stderr: Buffer.concat(output[channels.stderr]).toString(encoding ?? 'utf8'),
  };
}

function statusOf(payload: Buffer): ExecStatus {
  try {
    return JSON.parse(payload.toString('utf8')) as ExecStatus;
  } catch {
    return { message: payload.toString('utf8') };
  }
}

function exitCodeOf({ status, message, details }: ExecStatus): number {
  if (status === 'Success') return 0;
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code === undefined) throw new ApiError({ code: 500, message: message ?? 'the command could not be run' });
  return Number(code);
}
