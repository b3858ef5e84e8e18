/** How keys change what the install's screens show, and what several of them do. */
import type { InstallAnswers } from '../../actions.ts';
import type { Binding } from '../../keys/bindings.ts';
import type { App } from '../../screen.ts';
import { equivalentCommand } from './command.ts';
import { emailOf, hostOf } from './defaults.ts';
import { answersOf, goTo, type PromptId } from './form.ts';
import { emptyRun } from './run.ts';
import type { InstallState } from './state.ts';

export const update = ({ change }: App, how: (install: InstallState) => InstallState): void =>
  change((state) => ({ ...state, install: how(state.install) }));

/** Checks, then the plan, with the answers as they are now. */
export function startPlan(app: App): void {
  const { now } = app.state;
  update(app, (state) => ({
    ...state,
    mode: 'run',
    run: emptyRun,
    isAgreed: false,
    isWarned: false,
    taken: new Set(),
    since: now,
    chosen: undefined,
  }));
  app.actions.plan(answersWithDefaults);
}

export function answersWithDefaults(install: InstallState): InstallAnswers {
  const host = hostOf(install);
  const email = emailOf(install);
  return answersOf(install.form, { ...(host ? { host } : {}), ...(email ? { email } : {}) });
}

/** Calls off what runs: nothing has been changed by it yet. */
export function backToPrompts(app: App, at?: PromptId): void {
  app.actions.callOff();
  update(app, (install) => ({
    ...install,
    mode: 'prompts',
    run: emptyRun,
    form: at ? goTo(install.form, at) : install.form,
  }));
}

export const command: Binding<App> = {
  id: 'install.command',
  keys: ['$'],
  label: (t) => t.console.keys.command,
  description: (t) => t.console.keys.commandText,
  run: ({ state, change }) =>
    change((now) => ({
      ...now,
      overlay: { type: 'command', text: equivalentCommand(state.started, state.install) },
    })),
};
