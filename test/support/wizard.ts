/** The wizard of the install, answered by somebody who agrees to everything. */
import type { Seen } from './pty.ts';

export const prompts = {
  en: ['Language', 'Name', 'Address', 'Size', 'First admin', 'More'],
  zh: ['语言', '名称', '地址', '规格', '首位管理员', '更多'],
} as const;

/** Answers each prompt with Enter as soon as it is asked. */
export async function enterThrough(seen: Seen, titles: readonly string[]): Promise<void> {
  for (const title of titles) {
    await seen.until(new RegExp(`❯ ${title}`));
    seen.type('\r');
  }
}
