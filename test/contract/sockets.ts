/** exec and port-forward as the program and kubectl speak them, without the program's own code. */
import { WebSocket } from 'ws';
import type { Target } from './client.ts';

function open({ server, ca, token, namespace }: Target, path: string, protocol: string): Promise<WebSocket> {
  const url = new URL(`/api/v1/namespaces/${namespace}/pods/${path}`, server);
  url.protocol = 'wss:';
  const socket = new WebSocket(url, [protocol], {
    ...(ca === undefined ? {} : { ca }),
    headers: { authorization: `Bearer ${token}` },
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (piece: Buffer) => {
        body += piece.toString();
      });
      response.on('end', () => reject(new Refused(response.statusCode ?? 0, body)));
    });
    socket.once('error', reject);
  });
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, body: string) {
    super(body);
    this.status = status;
  }
}

/** stdout, stderr and the Status of a command (`v5.channel.k8s.io`); or the refusal. */
export async function sayInContainer(
  target: Target,
  pod: string,
  command: readonly string[],
  stdin?: string,
  container = 'main',
): Promise<unknown> {
  const query = new URLSearchParams([
    ...command.map((word): [string, string] => ['command', word]),
    ['container', container],
    ['stdout', 'true'],
    ['stderr', 'true'],
    ...(stdin === undefined ? [] : [['stdin', 'true'] as [string, string]]),
  ]);
  try {
    const socket = await open(target, `${pod}/exec?${query}`, 'v5.channel.k8s.io');
    const heard: Record<number, string> = {};
    socket.on('message', (data: Buffer) => {
      const channel = data[0] ?? -1;
      heard[channel] = (heard[channel] ?? '') + data.subarray(1).toString();
    });
    if (stdin !== undefined) {
      socket.send(Buffer.concat([Buffer.of(0), Buffer.from(stdin)]));
      socket.send(Buffer.of(255, 0));
    }
    await new Promise((resolve) => socket.once('close', resolve));
    const status = JSON.parse(heard[3] ?? 'null') as { message?: string } | null;
    return { stdout: heard[1] ?? '', stderr: heard[2] ?? '', status };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.status, message: JSON.parse(error.message) as unknown };
    throw error;
  }
}

/** What the error channel says (`v4.channel.k8s.io`). */
export async function speakToPort(target: Target, pod: string, port: number): Promise<string> {
  const socket = await open(target, `${pod}/portforward?ports=${port}`, 'v4.channel.k8s.io');
  let said = '';
  socket.on('message', (data: Buffer) => {
    // The first message of each channel is the port.
    if (data[0] === 1 && data.length > 3) said += data.subarray(1).toString();
  });
  socket.send(Buffer.concat([Buffer.of(0), Buffer.from('x')]));
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}
