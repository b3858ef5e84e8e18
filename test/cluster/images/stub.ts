/** The program of every stand-in image: shows the behaviour of the image it carries the name of. */
import { Exit } from '../../../source/sandbox/components/host.ts';
import { runComponent } from '../../../source/sandbox/components/index.ts';
import { nodeHost } from './node-host.ts';

const host = nodeHost(process.argv.slice(2));
runComponent(host, process.env['STUB_IMAGE'] ?? '').catch((error: unknown) => {
  if (!(error instanceof Exit)) process.stdout.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(error instanceof Exit ? error.code : 1);
});

// What is only told to end, and waits for nothing, ends; commands end by themselves.
if (['rpk', 'python', 'migrate'].some((command) => process.argv[2]?.endsWith(command))) {
  host.ending.addEventListener('abort', () => process.exit(143));
}
