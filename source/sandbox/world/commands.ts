/** What can be called in a container: scripts, a few programs of every image, the databases' clients, and its component. */
import { Exit } from '../components/host.ts';
import { isComponentCommand, runComponent } from '../components/index.ts';
import { clients } from './clients.ts';
import type { ContainerHost } from './container-host.ts';
import { type Command, programs } from './programs.ts';
import { knownScript } from './scripts.ts';
import { type CommandIo, runShell } from './shell.ts';

export interface CommandPlace {
  /** Name in the release's list of images. */
  readonly image: string;
  /** A host of its own for each command. */
  hostFor(argv: readonly string[], log: (line: string) => void): ContainerHost;
  /** Tells the container's own program to end. */
  terminate(): void;
}

/** Without what every object of JavaScript has, which is no program. */
const commands: Readonly<Record<string, Command>> = Object.assign(Object.create(null), programs, clients);
const isShell = (name: string) => /^(ba)?sh$/.test(name);
const nameIn = (argv: readonly string[]) => argv[0]?.split('/').at(-1) ?? '';

/** Whether this is one of the programs that are known, whatever the image. */
export const isKnown = (argv: readonly string[]): boolean =>
  nameIn(argv) in commands || isShell(nameIn(argv)) || nameIn(argv) === 'kill' || isComponentCommand(nameIn(argv));

/**
 * Runs a command to its end. One that is not there ends with 127, as a shell says it.
 * @param isEntry whether it is what the image itself runs, so that its component takes words it does not know.
 */
export async function runCommand(
  place: CommandPlace,
  argv: readonly string[],
  io: CommandIo,
  isEntry = false,
): Promise<number> {
  const name = nameIn(argv);
  const host = place.hostFor(argv, io.out);
  try {
    if (name === 'kill') {
      place.terminate();
      return 0;
    }
    if (isShell(name)) return await runScript(place, host, await scriptOf(host, argv, io), io);
    const command = commands[name];
    if (command) return await command({ ...io, args: argv.slice(1), host });
    if (!isEntry && !isComponentCommand(name)) {
      io.err(`sh: 1: ${argv[0] ?? ''}: not found`);
      return 127;
    }
    await runComponent(host, place.image);
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    io.err((error as Error).message);
    return 1;
  }
}

/** Of `sh -c TEXT` and `sh FILE`. */
async function scriptOf(host: ContainerHost, argv: readonly string[], io: CommandIo): Promise<string> {
  if (argv[1] === undefined && io.stdin === '')
    throw new Error('The sandbox has no interactive shell. Run one command: kubectl exec POD -- sh -c "..."');
  if (argv[1] === undefined) return io.stdin;
  if (/^-\w*c$/.test(argv[1])) return argv[2] ?? '';
  const text = await host.read(argv[1]);
  if (text !== undefined) return text;
  io.err(`${argv[0]}: ${argv[1]}: No such file or directory`);
  throw new Exit(127);
}

function runScript(place: CommandPlace, host: ContainerHost, script: string, io: CommandIo): Promise<number> {
  const run = (argv: readonly string[], its: CommandIo) =>
    // Ends the shell itself.
    argv[0] === 'exit' ? Promise.reject(new Exit(Number(argv[1] ?? 0))) : runCommand(place, argv, its);
  const known = knownScript(script);
  if (known) return known({ host, io, run: (argv, out = io.out) => run(argv, { ...io, out }) });
  return runShell({ env: host.env, run, read: host.read, write: host.write }, script, io);
}
