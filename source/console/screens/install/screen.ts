/** The install: prompts, checks, plan, progress, proof, done. One screen, because one leads to the next. */
import type { Screen, View } from '../../screen.ts';
import { drawChecks } from './checks-view.ts';
import { nameOf } from './defaults.ts';
import { isTyping, paste, press, promptsOf } from './form.ts';
import { freshness } from './freshness.ts';
import { drawPlan } from './plan-view.ts';
import { drawProgress, elapsedOf } from './progress-view.ts';
import { promptBindings, promptScope } from './prompt-keys.ts';
import { drawPrompts } from './prompts-view.ts';
import { drawFailure, drawProof } from './proof-view.ts';
import { runBindings, runScopes } from './run-keys.ts';
import { type InstallState, shownStage } from './state.ts';
import { update } from './update.ts';

export const installScreen: Screen = {
  title: ({ install }, t) => [t.console.install.title(nameOf(install))],
  facts: ({ install, place, now }, t) => [
    place,
    ...(install.mode === 'run' && install.isAgreed
      ? [elapsedOf(install, now, t), ...(install.run.done ? [] : [freshness(install.run, now, t)])]
      : []),
    ...(install.mode === 'prompts'
      ? [t.console.install.step(promptsOf(install.form).indexOf(install.form.at) + 1, promptsOf(install.form).length)]
      : []),
  ],
  bindings: (state) => (state.install.mode === 'prompts' ? promptBindings(state) : runBindings(state)),
  keyTable: [promptScope, ...runScopes],
  isTyping: ({ install }) => install.mode === 'prompts' && isTyping(install.form),
  isMoving: ({ install }) => install.mode === 'run' && isUnderWay(install),
  shows: ({ install, now, beat }) => (install.mode === 'run' && isUnderWay(install) ? [install, now, beat] : [install]),
  press(pressed, app) {
    const { install } = app.state;
    const form = install.mode === 'prompts' ? press(install.form, pressed) : undefined;
    if (form) update(app, (now) => ({ ...now, form }));
    return form !== undefined;
  },
  paste(text, app) {
    if (app.state.install.mode === 'prompts') update(app, (now) => ({ ...now, form: paste(now.form, text) }));
  },
  draw(view: View) {
    const { install } = view.state;
    if (install.mode === 'prompts') return drawPrompts(view);
    switch (shownStage(install)) {
      case 'preflight':
        return drawChecks(view);
      case 'plan':
        return drawPlan(view);
      case 'progress':
        return drawProgress(view);
      case 'failed':
        return drawFailure(view);
      case 'proof':
      case 'done':
        return drawProof(view);
    }
  },
};

/** Something is going on: neither has it ended, nor does it wait for an answer. */
const isUnderWay = ({ run, isAgreed }: InstallState): boolean =>
  !run.done && !run.error && (run.plan === undefined || isAgreed);
