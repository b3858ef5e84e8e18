/** What the phases of an install are run with. */
import type { ComponentId, RenderedObject } from '../stack/types.ts';
import type { InstallRequest } from './contract.ts';

export interface RunOptions {
  /** Objects for the state of the databases: URLs in the environment, or complete ones from the Secret. */
  readonly objects: (urls: 'composed' | 'encoded') => readonly RenderedObject[];
  /** As they are in use. */
  readonly urls: 'composed' | 'encoded';
  /** Undefined while nobody shall answer there. */
  readonly url: string | undefined;
  readonly fixes: readonly string[];
  /** Force fields away from other managers. */
  readonly take: boolean;
  /** Components whose objects differ from what runs, when this changes a finished install; undefined otherwise. */
  readonly changed: ReadonlySet<ComponentId> | undefined;
  /** Called when the web tier answers and before the public address opens. */
  readonly beforeIngress: () => Promise<void>;
  readonly onSnapshot: InstallRequest['onSnapshot'];
}
