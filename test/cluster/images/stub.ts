/** The program of every stand-in image: shows the behaviour of the image it carries the name of. */
import { Exit } from '../../../source/sandbox/components/host.ts';
import { runComponent } from '../../../source/sandbox/components/index.ts';
import { nodeHost } from './node-host.ts';

const host = nodeHost(process.argv.slice(2));
/** What is over when its work is done; everything else serves until it is told to end. */
const isCommand = ['rpk', 'python', 'migrate'].some((command) => process.argv[2]?.endsWith(command));

runComponent(host, process.env['STUB_IMAGE'] ?? '').then(
  // Connections that are still open must not keep a command from ending.
  () => isCommand && process.exit(0),
  (error: unknown) => {
    if (!(error instanceof Exit)) process.stdout.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(error instanceof Exit ? error.code : 1);
  },
);
