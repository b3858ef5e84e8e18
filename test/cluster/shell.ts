/** Commands of this machine. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** A command that ended with another code than 0; the message holds the end of what it wrote to stderr. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/**
 * Runs a command to its end and gives back what it wrote to stdout.
 * Throws a CommandError when it fails or cannot be started, the signal's reason when aborted.
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    options.signal.throwIfAborted();
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: options.signal,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => stdout.push(data));
    child.stderr.on('data', (data: Buffer) => stderr.push(data));
    // A command that does not read its input closes it early; its exit code tells whether that matters.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => {
      reject(options.signal.aborted ? options.signal.reason : new CommandError(`${command}: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(stdout).toString());
      const said = Buffer.concat(stderr).toString().trim().slice(-2000);
      reject(new CommandError(`${command} ${args.slice(0, 3).join(' ')} ended with ${code ?? signal}: ${said}`));
    });
  });
}

/** The same command inside the network namespace of the cluster. */
export function inNetwork(path: string, command: readonly string[]): [string, string[]] {
  // Not `ip netns exec`: that mounts /sys anew, and kubelet then finds no cgroups.
  return ['nsenter', [`--net=${path}`, '--', ...command]];
}
