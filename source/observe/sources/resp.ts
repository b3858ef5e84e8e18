/** Just enough of the Redis protocol to ask a few things. No password ever stands in what is thrown. Pure. */

export type Reply = string | number | null | Error | readonly Reply[];

/** A command, by lengths: nothing that stands in it can break out. */
export function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

/** Undefined while something is still to come. */
export function parseReplies(bytes: Buffer, count: number): readonly Reply[] | undefined {
  const replies: Reply[] = [];
  let at = 0;
  while (replies.length < count) {
    const parsed = parseReply(bytes, at);
    if (!parsed) return undefined;
    replies.push(parsed.reply);
    at = parsed.end;
  }
  return replies;
}

function parseReply(bytes: Buffer, start: number): { readonly reply: Reply; readonly end: number } | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const text = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case '+':
      return { reply: text, end };
    case '-':
      return { reply: new Error(text), end };
    case ':':
      return { reply: Number(text), end };
    case '$': {
      const length = Number(text);
      if (length < 0) return { reply: null, end };
      return bytes.length < end + length + 2
        ? undefined
        : { reply: bytes.toString('utf8', end, end + length), end: end + length + 2 };
    }
    case '*': {
      const items: Reply[] = [];
      let at = end;
      for (let index = 0; index < Number(text); index++) {
        const item = parseReply(bytes, at);
        if (!item) return undefined;
        items.push(item.reply);
        at = item.end;
      }
      return { reply: items, end: at };
    }
    default:
      throw new Error('redis: EPROTO');
  }
}
