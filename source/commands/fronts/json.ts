/** One object a line, versioned: `{"v":1,"at":...,"type":...}` with the fields that the README documents. */
import type { UserError } from '../../errors.ts';
import type { InstallEvent } from '../../install/events.ts';
import type { Messages, Say } from '../../messages/index.ts';
import { growthOf } from '../../observe/backlog/backlog.ts';
import type { Share } from '../../observe/figures.ts';
import { undone, wordsOf } from '../../operate/scale/change.ts';
import { escapeJson } from '../../text/escape.ts';
import type { Front } from './front.ts';

export const jsonVersion = 1;

/** `now` in epoch milliseconds. `common` stands in every line. */
export function jsonFront(
  write: (line: string) => void,
  t: Messages,
  now: () => number,
  common: { readonly simulated?: true } = {},
): Front {
  const line = (type: string, fields: object) =>
    write(
      `${escapeJson(JSON.stringify({ v: jsonVersion, at: new Date(now()).toISOString(), ...common, type, ...fields }))}\n`,
    );
  return {
    event(event) {
      const fields = fieldsOf(event, t);
      if (fields) line(event.type, fields);
    },
    error({ code, say, hint, object }: UserError) {
      line('error', { code, message: say(t), hint: hint?.(t) ?? null, object: object ?? null });
    },
  };
}

/** Undefined for what only people are told. */
function fieldsOf(event: InstallEvent, t: Messages): object | undefined {
  const told = (say: Say | undefined) => say?.(t) ?? null;
  switch (event.type) {
    case 'preflight':
      return { check: event.check, verdict: event.verdict, message: told(event.message), hint: told(event.hint) };
    case 'plan':
      return {
        name: event.name,
        size: event.size,
        url: event.url,
        owner: event.owner ?? null,
        objects: event.objects.map(({ kind, name, action, conflicts }) => ({ kind, name, action, conflicts })),
        pods: event.pods,
        cpu: event.cpu,
        memory: event.memory,
        storage: event.storage,
        minutes: event.minutes,
      };
    case 'phase':
      return { phase: event.phase, state: event.state, elapsedMs: Math.round(event.elapsedMs) };
    case 'component':
      return {
        component: event.component,
        phase: event.phase,
        state: event.state,
        ready: event.ready,
        desired: event.desired,
        message: told(event.message),
      };
    case 'cause': {
      const { component, cause } = event;
      return {
        component,
        id: cause?.id ?? null,
        message: told(cause?.message),
        evidence: cause?.evidence ?? [],
        fix: cause?.fix ?? null,
      };
    }
    case 'migration':
      return { done: event.done, total: event.total, current: event.current, etaMs: event.etaMs ?? null };
    case 'figures': {
      const { component, figures } = event;
      const { restarts, cpu, memory, backlog, volume, silentS, consumers } = figures;
      const share = (of: Share | undefined) => (of ? { used: of.used, limit: of.limit ?? null } : null);
      return {
        component,
        restarts,
        cpu: share(cpu),
        memory: share(memory),
        backlog: backlog
          ? {
              waiting: backlog.waiting,
              inPerS: backlog.inPerS ?? null,
              outPerS: backlog.outPerS ?? null,
              emptyInS: backlog.emptyInS ?? null,
              oldestS: backlog.oldestS ?? null,
              topics: backlog.topics.map(({ group, topic, waiting }) => ({ group, topic, waiting })),
              queues: (backlog.tasks?.queues ?? []).map(([queue, waiting]) => ({ queue, waiting })),
              growPerS: growthOf(backlog) ?? null,
            }
          : null,
        volume: volume
          ? { used: Math.round(volume.used), size: Math.round(volume.size), fullInS: volume.fullInS ?? null }
          : null,
        silentS: silentS ?? null,
        consumers:
          consumers?.map(({ table, isAssigned, exception }) => ({ table, assigned: isAssigned, exception })) ?? null,
      };
    }
    case 'concerns':
      return {
        concerns: event.concerns.map(({ id, components, message, evidence, hint }) => ({
          id,
          components,
          message: told(message),
          evidence: evidence.map((each) => each(t)),
          hint: hint ? told(hint) : null,
        })),
      };
    case 'sources':
      return {
        sources: event.sources.map(({ id, tookMs, trouble }) => ({
          id,
          tookMs: tookMs === undefined ? null : Math.round(tookMs),
          trouble: trouble?.message ?? null,
          forbidden: trouble?.isForbidden ?? false,
        })),
      };
    case 'review':
      return {
        name: event.app,
        changes: event.changes,
        already: event.already,
        findings: event.findings.map(({ id, verdict, component, message, hint }) => ({
          id,
          verdict,
          component: component ?? null,
          message: told(message),
          hint: told(hint),
        })),
        after: event.after,
        peak: event.peak,
        free: event.room.free,
        hard: event.room.hard,
        kubectl: event.kubectl,
      };
    case 'log-errors': {
      const { component, errors } = event;
      const { count, alike, message: line } = errors;
      return {
        component,
        count,
        alike,
        line,
        message: told((messages) => messages.scale.logErrors(count, alike, line)),
      };
    }
    case 'scaled':
      return {
        name: event.app,
        changes: event.changes,
        already: event.already,
        settled: event.isSettled,
        undo: wordsOf(undone(event.changes)),
      };
    case 'proof':
      return {
        hop: event.hop,
        ok: event.ok,
        warning: event.warning ?? false,
        ms: Math.round(event.ms),
        message: told(event.message),
        hint: told(event.hint),
      };
    case 'done':
      return {
        url: event.url,
        name: event.name,
        elapsedMs: Math.round(event.elapsedMs),
        proven: event.proven,
        message: told(event.message),
      };
    case 'note':
      return undefined;
  }
}
