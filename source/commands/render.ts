/** Writes the objects of an install without a cluster. */
import type { Context } from '../context.ts';
import { type ExitCode, exitCodes } from '../errors.ts';
import { type Answers, resolveAnswers } from '../stack/answers.ts';
import { defaultPlatform, type RenderInput } from '../stack/model.ts';
import { ownSecrets, render } from '../stack/render.ts';
import { completeSecrets, mailSecret, s3Secret } from '../stack/secrets.ts';
import type { RenderedObject } from '../stack/types.ts';
import { toYaml } from '../text/yaml.ts';
import { answerSources } from './answer-sources.ts';
import { type FlagValues, isSet, text } from './flags.ts';
import { refuseNamespace, type Session } from './session.ts';
import { usageError } from './usage.ts';

type Format = 'yaml' | 'json';

export async function renderCommand(values: FlagValues, { io, context, signal }: Session): Promise<ExitCode> {
  const answers = resolveAnswers(await answerSources(values, signal));
  const { host } = answers;
  if (host === undefined || !host.includes('.')) throw usageError((t) => t.cli.errors.renderHost);
  const namespace = text(values, 'namespace');
  if (namespace === undefined) throw usageError((t) => t.cli.errors.renderNamespace);
  refuseNamespace(namespace);
  const objects = render({
    answers,
    namespace,
    host,
    platform: defaultPlatform,
    migrate: 'install',
    urls: 'composed',
    ...(isSet(values, 'withSecrets') ? { secrets: secretsOf(answers, context) } : {}),
  });
  const format: Format = text(values, 'output') === 'json' ? 'json' : 'yaml';
  const folder = text(values, 'split');
  if (folder === undefined) io.stdout.write(whole(objects, format));
  else await split(objects, format, folder);
  return exitCodes.done;
}

function secretsOf({ name, mail, s3 }: Answers, { randomBytes }: Context): NonNullable<RenderInput['secrets']> {
  const names = ownSecrets(name);
  return {
    [names.env]: completeSecrets({}, randomBytes),
    ...(mail ? { [names.mail]: mailSecret(mail, {}) } : {}),
    ...(s3 ? { [names.s3]: s3Secret(s3, {}) } : {}),
  };
}

function whole(objects: readonly RenderedObject[], format: Format): string {
  const items = objects.map(({ object }) => object);
  if (format === 'json') return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
  return items.map(toYaml).join('---\n');
}

async function split(objects: readonly RenderedObject[], format: Format, folder: string): Promise<void> {
  const files = objects.map(({ object }, index) => ({
    name: `${String(index).padStart(2, '0')}-${object.kind.toLowerCase()}-${object.metadata.name}.${format}`,
    text: format === 'json' ? `${JSON.stringify(object, null, 2)}\n` : toYaml(object),
    secret: object.kind === 'Secret',
  }));
  const { writeSplit } = await import('./split.ts');
  await writeSplit(files, folder);
}
