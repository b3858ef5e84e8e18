/**
 * Says in one line when a script would run on another Node than the one of the devDependencies: npm puts it first
 * in PATH, but leaves it out without a word when install scripts are off. Plain JavaScript, because a Node that is
 * too old cannot load anything else here.
 */
import { readFile } from 'node:fs/promises';

const { devDependencies } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
const verdict = judgeNode(process.versions.node, devDependencies.node);
if (verdict.message !== undefined) process.stderr.write(`${verdict.message}\n`);
process.exitCode = verdict.stop ? 1 : 0;

/**
 * @param {string} running version of the Node that runs this
 * @param {string} wanted version of the devDependency `node`
 * @returns {{ readonly message?: string, readonly stop: boolean }} `stop` when the scripts cannot run at all
 */
function judgeNode(running, wanted) {
  if (running === wanted) return { stop: false };
  const [major = 0, minor = 0] = running.split('.').map(Number);
  // Node runs TypeScript without a flag since 22.18.
  const stop = major < 22 || (major === 22 && minor < 18);
  const how = 'run `npm install-scripts approve node && npm ci`, and start scripts with `npm run`';
  return {
    stop,
    message: `This is Node ${running}; the scripts ${stop ? 'need' : 'are tested on'} Node ${wanted}: ${how}.`,
  };
}
