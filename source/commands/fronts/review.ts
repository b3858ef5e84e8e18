/** What a change of scale would do, as lines: old and new, what speaks against it, and what it takes of the quota. */
import type { Messages } from '../../messages/index.ts';
import { quotaUseOf } from '../../observe/room.ts';
import { inOrder } from '../../operate/scale/change.ts';
import type { ReviewEvent } from '../../operate/scale/events.ts';
import { isImpossible, isRefused } from '../../operate/scale/guards.ts';
import { movesSettings } from '../../operate/scale/kubectl.ts';
import { escapeLines } from '../../text/escape.ts';
import { padEnd } from '../../text/width.ts';

export interface ReviewLine {
  readonly text: string;
  readonly verdict?: 'warn' | 'fail';
}

const columns = { component: 17, field: 9 } as const;

export function reviewLines(review: ReviewEvent, t: Messages): readonly ReviewLine[] {
  const { app, namespace, changes, already, findings } = review;
  const order = inOrder(changes.map(({ component }) => component));
  return [
    { text: t.scale.review.title(app, namespace) },
    ...(changes.length === 0 && findings.length === 0 ? [{ text: t.scale.review.already }] : []),
    ...(already.length > 0 ? [{ text: t.scale.already(already.join(', ')) }] : []),
    ...changes.map(({ component, field, from, to }) => ({
      text: `  ${padEnd(component, columns.component)} ${padEnd(t.scale.fields[field], columns.field)} ${from || '-'} -> ${to}`,
    })),
    ...(order.length > 1 ? [{ text: t.scale.review.order(order.join(', ')) }] : []),
    ...quotaLines(review, t).map((text) => ({ text })),
    ...findings.flatMap(({ verdict, message, hint }): readonly ReviewLine[] => [
      { text: escapeLines(message(t)), verdict: verdict === 'refuse' ? 'fail' : 'warn' },
      ...(hint ? [{ text: `     ${t.cli.plain.todo(escapeLines(hint(t)))}` }] : []),
    ]),
    ...byHand(review, t).map((text) => ({ text })),
  ];
}

/** What is refused is not to be done by hand, either. */
function byHand({ changes, findings, kubectl, isRecorded }: ReviewEvent, t: Messages): readonly string[] {
  if (kubectl.length === 0 || isRefused(findings)) return [];
  const [title = '', ...commands] = t.scale.review.byHand(kubectl, isRecorded, movesSettings(changes)).split('\n');
  return [title, ...commands.map((command) => `  ${command}`)];
}

/** Of what changes, and is limited. */
function quotaLines(review: ReviewEvent, t: Messages): readonly string[] {
  if (isImpossible(review.findings)) return [];
  return quotaUseOf(review, review.room)
    .filter(({ now, after, most }) => after !== now || most !== now)
    .map(({ dimension, now, after, most, hard }) => t.scale.review.quota(dimension, now, most, after, hard));
}
