#!/usr/bin/env node
// JavaScript that a Node of 2019 (12) can read, so without `?.` and `await` at the top: it says what is missing, answers --version, and loads the program.
import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';

const { version, engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [major, minor] = process.versions.node.split('.').map(Number);
const [neededMajor, neededMinor] = engines.node.replace('>=', '').split('.').map(Number);
const words = process.argv.slice(2);

if (major < neededMajor || (major === neededMajor && minor < neededMinor)) {
  const locale = process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '';
  const [, language = locale] = words.join(' ').match(/(?:^| )--lang[ =](en|zh)(?: |$)/) || [];
  const command = 'npx -y -p node@24 -p posthog-sealos posthog-sealos';
  const needed = `${neededMajor}.${neededMinor}`;
  process.stderr.write(
    /^zh/i.test(language)
      ? `posthog-sealos 需要 Node ${needed} 或更新版本，当前是 ${process.versions.node}。可以这样运行：${command}\n`
      : `posthog-sealos needs Node ${needed} or newer; this is ${process.versions.node}. To run it with a newer one: ${command}\n`,
  );
  process.exitCode = 2;
} else if (words.length === 1 && ['--version', '-V'].includes(words[0])) {
  process.stdout.write(`${version}\n`);
} else {
  // Compiled code is kept between runs, which saves about a third of the start.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  import('../dist/cli.js').then(({ main }) => main(version));
}
