/**
 * Applies the stack phase by phase and waits until every part is usable, saying why whatever waits does so.
 * Every write can be repeated: a killed run is continued by the next one from the cluster's state.
 */
import type { Say } from '../messages/index.ts';
import { rootCause } from '../observe/cause.ts';
import { crashLines } from '../observe/crash-lines.ts';
import { componentHealth } from '../observe/health.ts';
import { type Observer, observe } from '../observe/observer.ts';
import { type Cause, type Health, isSettled, type Snapshot } from '../observe/types.ts';
import { componentOf, components, componentsOf } from '../stack/components.ts';
import { type ComponentId, phases, type RenderedObject } from '../stack/types.ts';
import { addressAnswers } from './address.ts';
import type { Outside } from './contract.ts';
import type { InstallEvent } from './events.ts';
import { clearFailedJob } from './failed-job.ts';
import { applyFix, passwordCauses, previewFix, renewPasswords } from './fixes.ts';
import { LastApplied } from './last-applied.ts';
import { type Ledger, writeLedger } from './ledger.ts';
import { followMigration } from './migration-log.ts';
import { databaseUrls } from './own-secrets.ts';
import { asWanted, type Healths, ownJobs, Standstill, stage, Telling } from './progress.ts';
import type { RunOptions } from './run-options.ts';
import { standstillMs, stoppedError } from './stopped.ts';

const tickMs = 1_000;

type Tell = (event: InstallEvent) => void;

/** Resolves with the ledger as it then is, when every component is ready, or stopped as it shall be. */
export async function runPhases(
  outside: Outside,
  ledger: Ledger,
  options: RunOptions,
  tell: Tell,
  signal: AbortSignal,
): Promise<Ledger> {
  const run = new Run(outside, ledger, options, tell, signal);
  return run.toReady();
}

class Run {
  readonly #outside: Outside;
  readonly #options: RunOptions;
  readonly #tell: Tell;
  readonly #signal: AbortSignal;
  readonly #telling = new Telling();
  readonly #standstill = new Standstill();
  readonly #started = new Map<ComponentId, number>();
  readonly #applied = new Set<ComponentId>();
  readonly #openSince = new Map<string, number>();
  readonly #fixed = new Set<string>();
  readonly #last: LastApplied;
  readonly #tasks = new AbortController();
  #objects: readonly RenderedObject[];
  #ledger: Ledger;
  /** What a finished install uses stays as it is, also where it is wrong: whoever runs has read it and must be restarted, too. */
  #urlsKnown: boolean;
  #address: 'closed' | 'asking' | 'open' = 'closed';
  /** Components whose fix is under way: ready is only ready when it has ended, and nobody gives up on them. */
  readonly #fixing = new Set<ComponentId>();
  #failure: unknown;

  constructor(outside: Outside, ledger: Ledger, options: RunOptions, tell: Tell, signal: AbortSignal) {
    this.#outside = outside;
    this.#ledger = ledger;
    this.#options = options;
    this.#tell = tell;
    this.#signal = AbortSignal.any([signal, this.#tasks.signal]);
    this.#last = new LastApplied(outside.cluster, options.take, this.#signal);
    this.#objects = options.objects(options.urls);
    this.#urlsKnown = options.changed !== undefined;
  }

  async toReady(): Promise<Ledger> {
    const { cluster, context } = this.#outside;
    await this.#applyBase();
    await this.#renewPasswords();
    const observer = observe(cluster, { app: this.#ledger.app, clock: context.clock, signal: this.#signal });
    const lines = crashLines(cluster, this.#signal);
    try {
      await observer.ready;
      for (;;) {
        if (this.#failure !== undefined) throw this.#failure;
        const snapshot = lines.addTo(observer.snapshot());
        this.#options.onSnapshot?.(snapshot);
        const healths = this.#healths(snapshot);
        for (const event of this.#telling.connection(snapshot)) this.#tell(event);
        for (const event of this.#telling.changes(healths, context.clock.monotonic())) this.#tell(event);
        await this.#rememberJobs(snapshot, healths);
        if (this.#fixing.size === 0 && components.every(({ id }) => isSettled((healths.get(id) as Health).state)))
          return this.#ledger;
        this.#startWhatMay(healths, snapshot);
        this.#sayWhy(healths, snapshot);
        await this.#change(observer);
      }
    } finally {
      this.#tasks.abort();
    }
  }

  /**
   * In an instance that runs, a container that crashes reads a changed password by itself and hides the cause; those that
   * do not crash keep the old one. So this fix is applied when it is asked for, not when its cause is seen.
   */
  async #renewPasswords(): Promise<void> {
    const { changed, fixes } = this.#options;
    if (changed === undefined || !fixes.some((fix) => passwordCauses.has(fix))) return;
    this.#fixed.add('secret-value');
    this.#tell({ type: 'note', message: (t) => t.install.fix.secretValue });
    await this.#learnUrlsAnew();
    const { cluster, context } = this.#outside;
    await renewPasswords(cluster, context.clock, this.#ledger.app, (id) => this.#applyOwn(id), this.#signal);
  }

  /** Until the snapshot changes, a started task fails, or a second has passed (time itself opens and ends things). */
  async #change(observer: Observer): Promise<void> {
    const tick = new AbortController();
    try {
      await Promise.race([
        observer.next(tick.signal),
        this.#outside.context.clock.sleep(tickMs, AbortSignal.any([tick.signal, this.#signal])),
      ]);
    } finally {
      tick.abort();
      this.#signal.throwIfAborted();
    }
  }

  /** What several parts need: accounts, ConfigMaps, Services, and the databases and the bucket, which take longest to come. */
  async #applyBase(): Promise<void> {
    await this.#apply(this.#objects.filter(({ step }) => step === 'base'));
    for (const { id, step } of components) if (step === 'base') this.#markStarted(id);
  }

  #markStarted(id: ComponentId): void {
    this.#started.set(id, this.#outside.context.clock.monotonic());
    this.#applied.add(id);
  }

  async #apply(objects: readonly RenderedObject[]): Promise<void> {
    await Promise.all(objects.map(({ object }) => this.#last.apply(object)));
  }

  #healths(snapshot: Snapshot): Healths {
    return new Map(components.map(({ id }) => [id, this.#health(id, snapshot)]));
  }

  #health(id: ComponentId, snapshot: Snapshot): Health {
    const { kind } = componentOf(id);
    const absent = (state: Health['state'], ready: number): Health => ({
      component: id,
      state,
      ready,
      desired: 1,
      restarts: 0,
    });
    if (id === 'bucket' && this.#ledger.answers.s3) return absent('ready', 1);
    if (kind === 'Job' && this.#jobName(id) in this.#ledger.jobs) return absent('ready', 1);
    const own = ownJobs(snapshot, kind === 'Job' ? this.#jobName(id) : undefined);
    const live = asWanted(componentHealth(id, own), this.#ledger.answers);
    // What runs already goes on running until its turn comes.
    if (!this.#applied.has(id)) return { ...live, state: 'waiting' };
    if (id === 'ingress' && this.#address !== 'open') return absent('running', 0);
    return this.#last.isSeen(id, own, this.#jobName(id)) ? live : { ...live, state: 'running' };
  }

  #jobName(id: ComponentId): string {
    return (
      this.#objects.find(({ component, object }) => component === id && object.kind === 'Job')?.object.metadata.name ??
      ''
    );
  }

  /** Jobs expire; the ledger remembers that they are done. */
  async #rememberJobs(snapshot: Snapshot, healths: Healths): Promise<void> {
    const done = components.filter(
      ({ id, kind }) =>
        kind === 'Job' && healths.get(id)?.state === 'ready' && !(this.#jobName(id) in this.#ledger.jobs),
    );
    if (done.length === 0) return;
    const at = new Date(snapshot.at).toISOString();
    this.#ledger = {
      ...this.#ledger,
      jobs: { ...this.#ledger.jobs, ...Object.fromEntries(done.map(({ id }) => [this.#jobName(id), at])) },
    };
    await writeLedger(this.#outside.cluster, this.#ledger, this.#signal);
  }

  /** Starts every component whose phase is open and whose dependencies are ready; one at a time when it changes what runs. */
  #startWhatMay(healths: Healths, snapshot: Snapshot): void {
    const ready = (id: ComponentId) => isSettled((healths.get(id) as Health).state);
    for (const phase of phases) {
      const members = componentsOf(phase);
      if (!this.#openSince.has(phase)) this.#openSince.set(phase, snapshot.at);
      for (const { id, waitsFor } of members) {
        if (this.#started.has(id) || !waitsFor.every(ready)) continue;
        if (this.#rollingNow(id, healths)) return;
        this.#begin(id);
      }
      if (!members.every(({ id }) => ready(id))) return;
    }
  }

  /** Changes roll one component at a time, so that the peak stays at one surge pod (DESIGN section 4, Order). */
  #rollingNow(id: ComponentId, healths: Healths): boolean {
    const { changed } = this.#options;
    if (!changed?.has(id)) return false;
    return [...this.#started.keys()].some(
      (other) => changed.has(other) && !isSettled((healths.get(other) as Health).state),
    );
  }

  #begin(id: ComponentId): void {
    this.#started.set(id, this.#outside.context.clock.monotonic());
    this.#task(this.#startComponent(id).then(() => void this.#applied.add(id)));
  }

  #task(task: Promise<void>): void {
    task.catch((error: unknown) => {
      this.#failure ??= error;
    });
  }

  async #startComponent(id: ComponentId): Promise<void> {
    const { cluster } = this.#outside;
    const { kind, phase } = componentOf(id);
    if (phase === 'app') await this.#learnUrls();
    if (id === 'ingress') await this.#options.beforeIngress();
    if (kind === 'Job') {
      if (this.#jobName(id) in this.#ledger.jobs) return;
      await clearFailedJob(this.#outside, { name: this.#jobName(id), id, app: this.#ledger.app }, this.#signal);
    }
    await this.#applyOwn(id);
    if (id === 'migrate')
      this.#task(followMigration(cluster, this.#ledger.app, this.#outside.context.clock, this.#tell, this.#signal));
    if (id === 'ingress') this.#task(this.#askAddress());
  }

  #applyOwn(id: ComponentId): Promise<void> {
    return this.#apply(this.#objects.filter(({ component, step }) => component === id && step !== 'base'));
  }

  /** Databases exist now, and so do their passwords: whether they can stand in a URL decides how the app is told them. */
  async #learnUrls(): Promise<void> {
    if (this.#urlsKnown) return;
    const urls = await databaseUrls(this.#outside.cluster, this.#ledger.app, this.#signal);
    if (!this.#urlsKnown && urls === 'encoded') {
      this.#objects = this.#options.objects(urls);
      await this.#apply(this.#objects.filter(({ step }) => step === 'base'));
    }
    this.#urlsKnown = true;
  }

  #learnUrlsAnew(): Promise<void> {
    this.#urlsKnown = false;
    return this.#learnUrls();
  }

  async #askAddress(): Promise<void> {
    const { url } = this.#options;
    this.#address = url === undefined ? 'open' : 'asking';
    if (url === undefined) return;
    const tell = (why: Say) =>
      this.#tell({
        ...{ type: 'component', component: 'ingress', phase: 'app', state: 'running', ready: 0, desired: 1 },
        message: (t) => t.install.run.addressWaits(url, why(t)),
      });
    await addressAnswers(this.#outside, url, tell, this.#signal);
    this.#address = 'open';
  }

  /** Tells the one cause that matters of whatever waits, applies the fixes that were asked for, and gives up on what stands still. */
  #sayWhy(healths: Healths, snapshot: Snapshot): void {
    const now = this.#outside.context.clock.monotonic();
    for (const { id, phase } of components) {
      const health = healths.get(id) as Health;
      const waits = this.#applied.has(id) && !isSettled(health.state);
      const cause = waits
        ? rootCause(id, snapshot, { phaseStartedAt: this.#openSince.get(phase) ?? snapshot.at })
        : undefined;
      for (const event of this.#telling.cause(id, cause)) this.#tell(event);
      if (!waits) continue;
      if (cause && (this.#fixing.has(id) || this.#fix(cause))) continue;
      const still = this.#standstill.measure(id, stage(id, health, snapshot), now);
      const stopped = { app: this.#ledger.app, component: id, cause };
      if (health.state === 'failed' && cause?.id === 'job-failed') throw stoppedError({ ...stopped, how: 'failed' });
      if (still >= standstillMs && id !== 'migrate') throw stoppedError({ ...stopped, how: 'standstill' });
    }
  }

  /** Whether a fix for this cause was asked for and has just been begun. */
  #fix(cause: Cause): boolean {
    // A changed password concerns everybody who uses it: one fix for all.
    const key = cause.fix === 'secret-value' ? cause.fix : `${cause.id}/${cause.component}`;
    if (!this.#options.fixes.includes(cause.id) || this.#fixed.has(key)) return false;
    const preview = previewFix(cause, this.#ledger.app, this.#outside.cluster.namespace);
    if (!preview) return false;
    this.#fixed.add(key);
    this.#tell({ type: 'note', message: (t) => t.install.fix.applying(preview.say(t), preview.commands.join('; ')) });
    this.#task(this.#applyFix(cause));
    return true;
  }

  async #applyFix(cause: Cause): Promise<void> {
    const { cluster, context } = this.#outside;
    this.#fixing.add(cause.component);
    try {
      if (cause.fix === 'secret-value') await this.#learnUrlsAnew();
      await applyFix(cluster, context.clock, cause, this.#ledger.app, (id) => this.#applyOwn(id), this.#signal);
      this.#standstill.reset(cause.component);
      if (cause.fix === 'recreate-job') await this.#startComponent(cause.component);
    } finally {
      this.#fixing.delete(cause.component);
    }
  }
}
