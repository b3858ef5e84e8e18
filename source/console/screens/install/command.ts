/** The command that gives the same answers. */
import { defaultAnswers } from '../../../stack/answers.ts';
import { answersOf } from './form.ts';
import type { InstallState } from './state.ts';

/** Passwords are not in it. */
export function equivalentCommand({ form, command }: InstallState): string {
  const { values, password } = answersOf(form, {});
  const namespace = form.texts.namespace.text.trim();
  const { name, host, size, telemetry, 'admin.email': email, ...others } = values;
  const flags = [
    ...(namespace === '' ? [] : ['-n', namespace]),
    ...(name === undefined || name === defaultAnswers.name ? [] : ['--name', String(name)]),
    ...(host === undefined ? [] : ['--host', String(host)]),
    ...(size === defaultAnswers.size ? [] : ['--size', String(size)]),
    ...(telemetry === true ? ['--set telemetry=true'] : []),
    ...Object.entries(others)
      .filter(([key]) => key !== 'mail.password')
      .map(([key, value]) => `--set ${quoted(`${key}=${String(value)}`)}`),
    ...(email === undefined ? [] : ['--admin-email', quoted(String(email))]),
    ...(password === undefined ? [] : ['--admin-password-stdin']),
  ];
  return [command, ...flags].join(' ');
}

const quoted = (word: string): string =>
  /^[\w./:@%+=,~-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
