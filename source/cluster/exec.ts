/** Runs a command in a container. Settles once: on the command's status, or when the connection ends, whichever is first. */

import { queryOf } from './api.ts';
import { ApiError, ConnectionError } from './api-error.ts';
import { openSocket } from './channels.ts';
import type { Transport } from './transport.ts';
import type { ExecOptions, ExecResult } from './types.ts';

const defaultTimeoutMs = 60_000;
/** More than any command here prints; the rest is cut, so that no command can fill our memory. */
const outputLimit = 16 * 2 ** 20;
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
  const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const query = queryOf({
    container: options.container,
    stdin: options.stdin === undefined ? undefined : 'true',
    stdout: 'true',
    stderr: 'true',
  });
  const commands = command.map((part) => `&command=${encodeURIComponent(part)}`).join('');
  const socket = await openSocket(
    transport,
    path + query + commands,
    ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    signal,
  );
  const output = { [channels.stdout]: [] as Buffer[], [channels.stderr]: [] as Buffer[] };
  let size = 0;
  let status: ExecStatus | undefined;
  const closed = new Promise<void>((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      const channel = data[0];
      const payload = data.subarray(1);
      if (channel === channels.status) {
        status = JSON.parse(payload.toString('utf8')) as ExecStatus;
        socket.close();
        resolve();
      } else if (channel === channels.stdout || channel === channels.stderr) {
        size += payload.length;
        if (size <= outputLimit) output[channel].push(payload);
      }
    });
    socket.once('close', () => {
      if (status) resolve();
      else
        reject(
          options.signal?.aborted
            ? options.signal.reason
            : new ConnectionError(timeout.aborted ? 'timeout' : 'reset', 'the command ended without a status'),
        );
    });
  });
  socket.resume();
  if (options.stdin !== undefined) {
    socket.send(Buffer.concat([Buffer.of(channels.stdin), Buffer.from(options.stdin)]));
    // Only v5 can end the input; older servers end it with the connection.
    if (socket.protocol === 'v5.channel.k8s.io') socket.send(Buffer.of(channels.close, channels.stdin));
  }
  await closed;
  return {
    exitCode: exitCodeOf(status as unknown as ExecStatus),
    stdout: Buffer.concat(output[channels.stdout]).toString('utf8'),
    stderr: Buffer.concat(output[channels.stderr]).toString('utf8'),
  };
}

function exitCodeOf({ status, message, details }: ExecStatus): number {
  if (status === 'Success') return 0;
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code === undefined) throw new ApiError({ code: 500, message: message ?? 'the command could not be run' });
  return Number(code);
}
