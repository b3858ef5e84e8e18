/** The cluster that the console looks at: opened when somebody needs it for the first time, and left for another one. */
import { UserError } from '../../errors.ts';
import type { FlagValues } from '../flags.ts';
import type { OpenOutside, Session } from '../session.ts';

export interface PlaceOptions {
  readonly session: Session;
  readonly values: FlagValues;
  /** The kubeconfig that was given here before; it is meant where none is found. */
  readonly kubeconfig: () => string | undefined;
  /** Told its name whenever it is opened. */
  readonly onOpen: (place: string) => void;
  readonly signal: AbortSignal;
}

export class Place {
  readonly #options: PlaceOptions;
  #values: FlagValues;
  #outside: Promise<OpenOutside> | undefined;

  constructor(options: PlaceOptions) {
    this.#options = options;
    this.#values = options.values;
  }

  /** The flags as they lead there by now. */
  get values(): FlagValues {
    return this.#values;
  }

  /** Rejects as `Session.open` does; the same for all until it is left. */
  open(): Promise<OpenOutside> {
    this.#outside ??= this.#opened();
    return this.#outside;
  }

  /** These flags lead elsewhere, from when it is opened again. */
  change(values: FlagValues): void {
    this.#values = { ...this.#values, ...values };
  }

  async close(): Promise<void> {
    const outside = await this.#outside?.catch(() => undefined);
    this.#outside = undefined;
    await outside?.cluster.close();
    await outside?.leave?.();
  }

  async #opened(): Promise<OpenOutside> {
    const { session, signal, kubeconfig, onOpen } = this.#options;
    const open = () => session.open(this.#values, { ...session, signal });
    const outside = await open().catch((error: unknown) => {
      const known = kubeconfig();
      if (!(error instanceof UserError) || error.code !== 'no-kubeconfig' || known === undefined) throw error;
      this.change({ kubeconfig: known });
      return open();
    });
    const { namespace, server } = outside.cluster;
    onOpen([namespace, ...regionOf(server.hostname)].join(' · '));
    return outside;
  }
}

/** `usw-1` of `usw-1.sealos.io`; an address of numbers tells nobody anything. */
const regionOf = (host: string): readonly string[] =>
  /^[a-z]/i.test(host) && host.includes('.') ? [host.split('.')[0] as string] : [];
