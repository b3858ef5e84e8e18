/** The wizard of the install, answered by somebody who agrees to everything. */
import { expect } from 'vitest';
import type { Seen } from './pty.ts';

export const prompts = {
  en: ['Language', 'Name', 'Address', 'Size', 'First admin', 'More'],
  zh: ['语言', '名称', '地址', '规格', '首位管理员', '更多'],
} as const;

/** Says yes to the plan, as often as it takes: a key that was pressed before anybody could have read it does not count. */
export async function agree(seen: Seen, plan: RegExp): Promise<void> {
  await seen.until(plan, 60_000);
  await expect
    .poll(
      () => {
        const text = seen.text();
        if (plan.test(text)) seen.type('\r');
        return text;
      },
      { interval: 200, timeout: 20_000 },
    )
    .not.toMatch(plan);
}

/** Answers each prompt with Enter as soon as it is asked. */
export async function enterThrough(seen: Seen, titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    await seen.until(new RegExp(`❯ ${title}`));
    seen.type('\r');
  }
}
