/** Writes the objects of an install without a cluster. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ExitCode, exitCodes, UserError } from '../errors.ts';
import { resolveAnswers } from '../stack/answers.ts';
import { defaultPlatform } from '../stack/model.ts';
import { ownSecrets, render } from '../stack/render.ts';
import { completeSecrets } from '../stack/secrets.ts';
import type { RenderedObject } from '../stack/types.ts';
import { toYaml } from '../text/yaml.ts';
import { answerSources } from './answer-sources.ts';
import { type FlagValues, isSet, text } from './flags.ts';
import type { Session } from './session.ts';

type Format = 'yaml' | 'json';

export async function renderCommand(values: FlagValues, { io, context }: Session): Promise<ExitCode> {
  const answers = resolveAnswers(await answerSources(values));
  const namespace = text(values, 'namespace');
  const { host } = answers;
  if (host === undefined || !host.includes('.')) throw usage((t) => t.cli.errors.renderHost);
  if (namespace === undefined || !/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw usage((t) => t.cli.errors.renderNamespace(namespace));
  const secrets = isSet(values, 'withSecrets')
    ? { [ownSecrets(answers.name).env]: completeSecrets({}, context.randomBytes) }
    : undefined;
  const objects = render({
    answers,
    namespace,
    host,
    platform: defaultPlatform,
    migrate: 'install',
    urls: 'composed',
    ...(secrets ? { secrets } : {}),
  });
  const format: Format = text(values, 'output') === 'json' ? 'json' : 'yaml';
  const folder = text(values, 'split');
  if (folder === undefined) io.stdout.write(whole(objects, format));
  else await split(objects, format, folder);
  return exitCodes.done;
}

function usage(say: UserError['say']): UserError {
  return new UserError({ code: 'usage', exit: exitCodes.usage, say, hint: (t) => t.cli.errors.hint });
}

function whole(objects: readonly RenderedObject[], format: Format): string {
  const items = objects.map(({ object }) => object);
  if (format === 'json') return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
  return items.map(toYaml).join('---\n');
}

/** Files of an earlier render may be replaced; anything else in the folder is somebody's. */
const rendered = /^\d{2}-[a-z]+-[a-z0-9.-]+\.(yaml|json)$/;

/** Either all files are written or none: they are made beside the folder and moved into place. */
async function split(objects: readonly RenderedObject[], format: Format, folder: string): Promise<void> {
  const target = resolve(folder);
  const present = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw usage((t) => t.cli.errors.splitUnusable(folder, error.code ?? error.message));
  });
  const foreign = present.find((name) => !rendered.test(name));
  if (foreign !== undefined) throw usage((t) => t.cli.errors.splitForeign(folder, foreign));
  try {
    await mkdir(dirname(target), { recursive: true });
    const fresh = await mkdtemp(join(dirname(target), '.posthog-sealos-render-'));
    for (const [index, { object }] of objects.entries()) {
      const name = `${String(index).padStart(2, '0')}-${object.kind.toLowerCase()}-${object.metadata.name}.${format}`;
      await writeFile(join(fresh, name), format === 'json' ? `${JSON.stringify(object, null, 2)}\n` : toYaml(object), {
        mode: object.kind === 'Secret' ? 0o600 : 0o644,
      });
    }
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
  } catch (error) {
    throw usage((t) => t.cli.errors.splitUnusable(folder, (error as NodeJS.ErrnoException).code ?? String(error)));
  }
}
