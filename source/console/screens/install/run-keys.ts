/** Keys of what follows the prompts: checks, plan, progress, and the end. */
import type { Messages, Say } from '../../../messages/index.ts';
import { canFix } from '../../../observe/fix-said.ts';
import type { Cause } from '../../../observe/types.ts';
import { chosenAfter } from '../../components/selection.ts';
import type { Binding } from '../../keys/bindings.ts';
import { readerOf } from '../../overlays/text.ts';
import type { App, KeyScope } from '../../screen.ts';
import type { State } from '../../state.ts';
import { readingKey } from '../reading-keys.ts';
import { checksInOrder, chosenCheck, promptOf } from './checks-view.ts';
import { chosenEntry, conflictKey, entryKey, planEntries } from './plan-view.ts';
import { chosenPart, partsShown } from './progress-view.ts';
import { snippetOf } from './snippet.ts';
import { shownStage } from './state.ts';
import { backToPrompts, command, startPlan, update } from './update.ts';

const choose: Binding<App> = {
  id: 'install.choose',
  keys: ['up', 'down', 'k', 'j', 'pageup', 'pagedown', 'home', 'end'],
  label: (t) => t.console.keys.choose,
  description: (t) => t.console.keys.chooseText,
  run: (app, press) => {
    const chosen = chosenAfter(idsOf(app.state), currentId(app.state), press);
    if (chosen !== undefined) update(app, (install) => ({ ...install, chosen }));
  },
};

/** Names of what can be chosen now. */
function idsOf({ install }: State): readonly string[] {
  switch (shownStage(install)) {
    case 'preflight':
      return checksInOrder(install).map(({ check }) => check);
    case 'plan':
      return planEntries(install).map(entryKey);
    default:
      return partsShown(install);
  }
}

const currentId = ({ install }: State): string | undefined =>
  shownStage(install) === 'progress' ? chosenPart(install) : install.chosen;

const back: Binding<App> = {
  id: 'install.back',
  keys: ['esc'],
  label: (t) => t.console.keys.back,
  description: (t) => t.console.keys.backText,
  run: (app) => backToPrompts(app),
};

const recheck: Binding<App> = {
  id: 'install.recheck',
  keys: ['r'],
  label: (t) => t.console.keys.recheck,
  description: (t) => t.console.keys.recheckText,
  run: startPlan,
};

const goOn: Binding<App> = {
  id: 'install.go-on',
  keys: ['enter'],
  label: (t) => t.console.keys.goOn,
  description: (t) => t.console.keys.goOnText,
  disabled: ({ state }) => {
    const { error, plan } = state.install.run;
    if (error) return (t) => t.console.install.mustMend;
    return plan ? undefined : (t) => t.console.install.mustWait;
  },
  run: (app) => update(app, (install) => ({ ...install, isWarned: true, chosen: undefined })),
};

/** Of a check that is in the way. */
const answer: Binding<App> = {
  id: 'install.answer',
  keys: ['enter'],
  label: (t) => t.console.keys.answer,
  description: (t) => t.console.keys.answerText,
  run: (app) => backToPrompts(app, chosenPrompt(app.state)),
};

function chosenPrompt({ install }: State) {
  const chosen = checksInOrder(install)[chosenCheck(install)];
  return chosen && chosen.verdict !== 'pass' ? promptOf[chosen.check] : undefined;
}

/** Why nothing may be changed now. */
const readOnly = ({ state }: App): Say | undefined =>
  state.isReadOnly ? (t) => t.console.install.withoutReadOnly : undefined;

const agree: Binding<App> = {
  id: 'install.agree',
  keys: ['enter'],
  label: (t) => t.console.keys.agree,
  description: (t) => t.console.keys.agreeText,
  disabled: readOnly,
  run: (app) => {
    const { taken } = app.state.install;
    app.actions.agree((object, field) => (taken.has(conflictKey(object, field)) ? 'take' : 'keep'));
  },
};

const chosenObject = ({ install }: State) => planEntries(install)[chosenEntry(install)]?.object;

const difference: Binding<App> = {
  id: 'install.difference',
  keys: ['d'],
  label: (t) => t.console.keys.difference,
  description: (t) => t.console.keys.differenceText,
  disabled: ({ state }) => (chosenObject(state) ? undefined : (t) => t.console.install.plan.nothing),
  run: ({ state, actions }) => {
    const object = chosenObject(state);
    if (object) actions.showChange(object);
  },
};

const save: Binding<App> = {
  id: 'install.save',
  keys: ['w'],
  label: (t) => t.console.keys.save,
  description: (t) => t.console.keys.saveText,
  run: ({ state, actions }) => {
    const { plan } = state.install.run;
    if (plan) actions.save(plan);
  },
};

const chosenConflict = ({ install }: State) => planEntries(install)[chosenEntry(install)]?.conflict;

const takeOver: Binding<App> = {
  id: 'install.take',
  keys: [' '],
  label: (t) => t.console.keys.take,
  description: (t) => t.console.keys.takeText,
  disabled: ({ state }) => (chosenConflict(state) ? undefined : (t) => t.console.install.plan.noConflict),
  run: (app) => {
    const conflict = chosenConflict(app.state);
    if (!conflict) return;
    update(app, (install) => {
      const taken = new Set(install.taken);
      if (!taken.delete(conflict.key)) taken.add(conflict.key);
      return { ...install, taken };
    });
  },
};

/** Of the chosen part; when that has none, of the first one that has. */
function fixable({ install }: State): Cause | undefined {
  const chosen = chosenPart(install);
  const causes = [chosen, ...partsShown(install)].map((id) => id && install.run.components[id]?.cause);
  return causes.find((cause) => cause && canFix(cause));
}

const fix: Binding<App> = {
  id: 'install.fix',
  keys: ['f'],
  label: (t) => t.console.keys.fix,
  description: (t) => t.console.keys.fixText,
  disabled: (app) => readOnly(app) ?? (fixable(app.state) ? undefined : (t) => t.console.install.noFix),
  run: ({ state, actions }) => {
    const cause = fixable(state);
    if (cause) actions.fix(cause);
  },
};

/** Of the chosen part, whatever it does. */
const partOfRun = ({ install }: State) => chosenPart(install) ?? ((t: Messages) => t.console.install.noPart);

const readings: readonly Binding<App>[] = [
  readingKey('install', { what: 'describe', keys: ['enter'] }, partOfRun),
  readingKey('install', { what: 'log', keys: ['l'] }, partOfRun),
  readingKey('install', { what: 'events', keys: ['e'] }, partOfRun),
];

const notKept = ({ install }: State): Say | undefined =>
  install.run.done?.isPasswordKept ? undefined : (t) => t.console.install.done.noPassword;

const password: Binding<App> = {
  id: 'install.password',
  keys: ['p'],
  label: (t) => t.console.keys.password,
  description: (t) => t.console.keys.passwordText,
  disabled: ({ state }) => notKept(state),
  run: ({ actions }) => actions.password(),
};

const saved: Binding<App> = {
  id: 'install.saved',
  keys: ['s'],
  label: (t) => t.console.keys.saved,
  description: (t) => t.console.keys.savedText,
  // Nobody gives up what he has not seen.
  disabled: (app) =>
    readOnly(app) ??
    notKept(app.state) ??
    (app.state.install.password ? undefined : (t) => t.console.install.done.lookFirst),
  run: ({ change }) =>
    change((state) => ({
      ...state,
      overlay: {
        type: 'confirm',
        question: (t) => t.console.install.done.savedQuestion,
        commands: [],
        onYes: ({ actions }) => actions.saved(),
      },
    })),
};

const home: Binding<App> = {
  id: 'install.home',
  keys: ['enter'],
  label: (t) => t.console.keys.home,
  description: (t) => t.console.keys.homeText,
  run: ({ state, actions }) => {
    const { done } = state.install.run;
    if (done) actions.watch(done.name);
  },
};

const finish: Binding<App> = {
  id: 'install.finish',
  keys: ['q'],
  label: (t) => t.console.keys.finish,
  description: (t) => t.console.keys.finishText,
  run: ({ actions }) => actions.leave(),
};

/** While something runs, which a slip of the finger should not end. */
const quit: Binding<App> = {
  id: 'install.quit',
  keys: ['q'],
  label: (t) => t.console.keys.leave,
  description: (t) => t.console.keys.leaveText,
  quiet: true,
  run: ({ change }) =>
    change((state) => ({
      ...state,
      overlay: {
        type: 'confirm',
        question: (t) => t.console.install.leaveQuestion,
        commands: [],
        onYes: ({ actions }) => actions.leave(),
      },
    })),
};

const browse: Binding<App> = {
  id: 'install.open',
  keys: ['o'],
  label: (t) => t.console.keys.open,
  description: (t) => t.console.keys.openText,
  disabled: ({ state }) => (state.isSimulated ? (t) => t.console.install.done.simulated : undefined),
  run: ({ state, actions }) => {
    const url = state.install.run.done?.url;
    if (url) actions.browse(url);
  },
};

const copy: Binding<App> = {
  id: 'install.copy',
  keys: ['y'],
  label: (t) => t.console.keys.snippet,
  description: (t) => t.console.keys.snippetText,
  disabled: ({ state }) => (state.install.run.done?.projectKey ? undefined : (t) => t.console.install.done.noKey),
  run: ({ state, actions, change }) => {
    const { done } = state.install.run;
    if (!done?.projectKey) return;
    actions.copy(snippetOf(done.projectKey, done.url));
    change((now) => ({ ...now, toast: (t) => t.console.keys.copied }));
  },
};

const again: Binding<App> = {
  id: 'install.again',
  keys: ['enter', 'r'],
  label: (t) => t.console.keys.again,
  description: (t) => t.console.keys.againText,
  run: startPlan,
};

/** All that is said about it, where it is too long for the screen. */
const whole: Binding<App> = {
  id: 'install.whole',
  keys: ['v'],
  label: (t) => t.console.keys.whole,
  description: (t) => t.console.keys.wholeText,
  run: ({ state, t, change }) => {
    const { error } = state.install.run;
    if (!error) return;
    const lines = [error.say(t), '', error.hint?.(t) ?? ''].join('\n').split('\n');
    const overlay = readerOf((m) => m.console.keys.wholeText, 'plain', lines);
    change((now) => ({ ...now, overlay }));
  },
};

export const runScopes: readonly KeyScope[] = [
  { name: (t) => t.console.scopes.checks, bindings: [choose, goOn, answer, recheck, back, command] },
  { name: (t) => t.console.scopes.plan, bindings: [agree, choose, difference, takeOver, save, back, command] },
  { name: (t) => t.console.scopes.progress, bindings: [choose, ...readings, fix, quit] },
  { name: (t) => t.console.scopes.done, bindings: [home, browse, password, saved, copy, finish] },
  { name: (t) => t.console.scopes.failed, bindings: [again, whole, back] },
];

export function runBindings(state: State): readonly Binding<App>[] {
  switch (shownStage(state.install)) {
    case 'preflight': {
      const isRefused = state.install.run.error !== undefined;
      return [choose, isRefused && chosenPrompt(state) ? answer : goOn, recheck, back, command];
    }
    case 'plan':
      return [agree, choose, difference, takeOver, save, back, command];
    case 'progress':
      return [choose, ...readings, fix, quit];
    case 'proof':
      return [quit];
    case 'done':
      return [home, browse, password, saved, copy, finish];
    case 'failed':
      return [again, whole, back];
  }
}
