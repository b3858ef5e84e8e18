/**
 * What is known of a line of JSON that is too long to be read as a whole: loggers put what counts at its beginning or its
 * end, and what is long between them.
 */

/** As many units of the beginning are looked at. */
const mostUnits = 8 * 1024;

const text = String.raw`"[^"\\]*(?:\\.[^"\\]*)*"`;
const simple = String.raw`-?\d[\d.eE+-]*|true|false|null`;
/** A whole member that is nothing nested. */
const member = new RegExp(String.raw`\s*(${text})\s*:\s*(${text}|${simple})\s*,`, 'sy');
/** The beginning of one whose text does not end; what is escaped may be cut in its middle. */
const cutMember = new RegExp(
  String.raw`\s*(${text})\s*:\s*"([^"\\]*(?:\\(?:u[\da-fA-F]{4}|[^u])[^"\\]*)*)(?:\\(?:u[\da-fA-F]{0,3})?)?$`,
  'sy',
);

type Members = Readonly<Record<string, unknown>>;

/** Up to the first one that is nested; of a text that does not end, its beginning. @param line begins with a brace */
export function membersAtBeginning(line: string): Members {
  const beginning = line.slice(0, mostUnits);
  const members: [string, unknown][] = [];
  let at = 1;
  for (let found = matchAt(member, beginning, at); found; found = matchAt(member, beginning, at)) {
    members.push([read(found[1]) as string, read(found[2])]);
    at += found[0].length;
  }
  const [, name, said] = matchAt(cutMember, beginning, at) ?? [];
  if (name !== undefined) members.push([read(name) as string, read(`"${said}"`)]);
  return Object.fromEntries(members.filter(([key, value]) => key !== undefined && value !== undefined));
}

/** Those from the first of these on that is there. @param ending up to the end of the line */
export function membersAtEnd(ending: string, names: readonly string[]): Members {
  const starts = names.map((name) => ending.lastIndexOf(`"${name}"`)).filter((at) => at >= 0);
  // Only what nothing is nested around ends with one brace.
  const found = starts.sort((one, other) => one - other).map((at) => read(`{${ending.slice(at)}`));
  return (found.find((each) => each !== undefined) ?? {}) as Members;
}

function matchAt(pattern: RegExp, of: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(of);
}

function read(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}
