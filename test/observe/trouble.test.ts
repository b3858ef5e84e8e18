/** Why a source tells nothing, in words that need no number. */
import { expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../source/cluster/index.ts';
import { dictionaries } from '../../source/messages/index.ts';
import { unanswered } from '../../source/observe/figures-text.ts';
import { troubleOf } from '../../source/observe/sources/trouble.ts';

const forbidden = new ApiError({ code: 403, reason: 'Forbidden' });

test.each([
  [forbidden, 75_000, 'broker: told nothing for 1m (your token may not ask)', 'broker：已 1m 无数据（没有权限）'],
  [forbidden, undefined, 'broker: tells nothing (your token may not ask)', 'broker：无数据（没有权限）'],
  // A proxy on the way may say so, too: that is no matter of rights.
  [new ApiError({ code: 403 }), undefined, 'broker: tells nothing (error 403)', 'broker：无数据（错误 403）'],
  [new ApiError({ code: 503 }), 75_000, 'broker: told nothing for 1m (error 503)', 'broker：已 1m 无数据（错误 503）'],
  [new ConnectionError('timeout', 'x'), 75_000, 'broker: no answer for 1m (too slow)', 'broker：已 1m 无响应（超时）'],
  [new Error('no pod'), undefined, 'broker: no answer (no pod)', 'broker：无响应（no pod）'],
])('%s, %s', (error, silentMs, en, zh) => {
  const trouble = troubleOf(error, silentMs);
  expect(unanswered('broker', trouble, dictionaries.en)).toBe(en);
  expect(unanswered('broker', trouble, dictionaries.zh)).toBe(zh);
});
