/** What the console asks of the program around it. Each returns at once; what comes of it changes the state. */
import type { ConflictChoices } from '../install/contract.ts';
import type { PlanEvent, PlannedObject } from '../install/events.ts';
import type { Language } from '../messages/index.ts';
import type { ObjectName } from '../observe/inventory.ts';
import type { Cause } from '../observe/types.ts';
import type { MorePartitions } from '../operate/scale/partitions.ts';
import type { Wants } from '../operate/scale/types.ts';
import type { ComponentId } from '../stack/types.ts';
import type { GivenAnswers } from './screens/install/form.ts';
import type { InstallState } from './screens/install/state.ts';
import type { Pane } from './screens/logs/state.ts';

export interface InstallAnswers {
  readonly values: Readonly<Record<string, unknown>>;
  readonly password: string | undefined;
}

/** Where the cluster is; what is left out stays as it was found. */
export interface Where {
  readonly kubeconfig?: string;
  /** The content of a kubeconfig. */
  readonly pasted?: string;
  readonly namespace?: string;
  readonly sandbox?: true;
}

/** What can be read of a part, or of one of its objects. */
export type Reading = 'log' | 'describe' | 'events' | 'yaml';

export interface Actions {
  /** Looks at that cluster instead; nothing when it is the one that is looked at. */
  connect(where: Where): void;
  /** Shows this instance at home; without a name, the one that is there. */
  watch(instance: string | undefined): void;
  /** Opens a text over the screen, about a part of the instance that is shown or one of its objects. */
  read(what: Reading, of: ComponentId | ObjectName): void;
  /** Shows what applying the object of a plan would change in it. */
  showChange(object: PlannedObject): void;
  /** Writes the objects of the plan into a file. */
  save(plan: PlanEvent): void;
  /** Shows the first admin's kept password, or hides it again. */
  password(): void;
  /** Gives the kept password up. */
  saved(): void;
  /** Remembered for the next time. */
  language(language: Language): void;
  /** Remembered for the next time, until an install has begun; never with passwords. */
  remember(answers: GivenAnswers): void;
  /** Looks at the cluster again: its domain, its room. */
  look(): void;
  /** Checks, and asks the cluster for the plan, as soon as it is known what the place offers; whatever ran before is called off. */
  plan(answers: (install: InstallState) => InstallAnswers): void;
  /** Goes on with the plan that is shown. */
  agree(choose: ConflictChoices): void;
  /** Calls off what runs and has changed nothing. */
  callOff(): void;
  fix(cause: Cause): void;
  /** Starts the pods of the part anew. */
  restart(part: ComponentId): void;
  /** Gives a topic more partitions. */
  raise(more: MorePartitions): void;
  /** Applies these values, and watches until all is ready. */
  scale(wants: Wants): void;
  copy(text: string): void;
  /** Writes the lines that the pane shows into a file. */
  saveLines(pane: Pane): void;
  /** Opens an address in the browser of this machine. */
  browse(url: string): void;
  /** Draws everything anew, where something else has drawn into it. */
  redraw(): void;
  suspend(): void;
  /** Ends the program; what runs in the cluster goes on there. */
  leave(): void;
}
