/** What is meant when a field stays empty. */
import { defaultAnswers } from '../../../stack/answers.ts';
import { publicUrl } from '../../../stack/model.ts';
import { hostText, problemOf } from './form.ts';
import type { InstallState } from './state.ts';

/** What is no name yet, or never will be, names nothing. */
export const nameOf = ({ form }: InstallState): string =>
  (problemOf(form, 'name') === undefined && form.texts.name.text.trim()) || defaultAnswers.name;

export const namespaceOf = ({ form, surroundings }: InstallState): string =>
  form.texts.namespace.text.trim() || (surroundings?.namespace ?? '');

/** The complete public host; undefined while the cluster's domain is not known and none was given. */
export function hostOf(state: InstallState): string | undefined {
  const { form, surroundings } = state;
  const given = hostText(form);
  if (given.includes('.')) return given;
  if (!surroundings?.platform.domain) return undefined;
  return `${given || `${nameOf(state)}-${surroundings.workspace}`}.${surroundings.platform.domain}`;
}

export function urlOf(state: InstallState): string | undefined {
  const host = hostOf(state);
  return host && publicUrl(host, state.surroundings?.platform ?? { scheme: 'https', tlsSecret: '' });
}

export function emailOf(state: InstallState): string | undefined {
  const given = state.form.texts['admin.email'].text.trim();
  const host = hostOf(state);
  return given || (host && `admin@${host}`);
}
