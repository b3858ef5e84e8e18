/** The command that gives the same answers. */
import { anywhereIn, type Started, startedCommand } from '../../../messages/started.ts';
import { defaultAnswers } from '../../../stack/answers.ts';
import { quoted } from '../../../text/shell.ts';
import { emailOf } from './defaults.ts';
import { answersOf } from './form.ts';
import type { InstallState } from './state.ts';

/** Passwords are not in it. Where it leads to in the cluster is an answer, too. */
export function equivalentCommand(started: Started, install: InstallState): string {
  const { form } = install;
  const { values, password } = answersOf(form, {});
  const namespace = form.texts.namespace.text.trim();
  const { name, host, size, telemetry, 'admin.email': email, ...others } = values;
  // A password needs to be told whose it is, also where that is the default.
  const owner = email === undefined ? password && emailOf(install) : String(email);
  const flags = [
    ...(namespace === '' ? [] : ['-n', namespace]),
    ...(name === undefined || name === defaultAnswers.name ? [] : ['--name', String(name)]),
    ...(host === undefined ? [] : ['--host', String(host)]),
    ...(size === defaultAnswers.size ? [] : ['--size', String(size)]),
    ...(telemetry === true ? ['--set telemetry=true'] : []),
    ...Object.entries(others)
      .filter(([key]) => key !== 'mail.password')
      .map(([key, value]) => `--set ${quoted(`${key}=${String(value)}`)}`),
    ...(owner === undefined ? [] : ['--admin-email', quoted(owner)]),
    ...(password === undefined ? [] : ['--admin-password-stdin']),
  ];
  return [startedCommand(anywhereIn(started), 'install'), ...flags].join(' ');
}
