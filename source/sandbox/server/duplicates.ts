/** Keys that a JSON object holds twice: parsing keeps the last one without a word, the server warns of it or refuses. */

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

interface Level {
  /** Of an object; a list has none. */
  readonly keys: Set<string> | undefined;
  readonly path: string;
  /** Where the value lies that comes next. */
  at: string;
  index: number;
}

/** Paths such as `spec.containers[0].name`, in the order of the text, of a text that is JSON; none of YAML. */
export function duplicatesIn(json: string): readonly string[] {
  if (!/^\s*\{/.test(json)) return [];
  const found: string[] = [];
  const levels: Level[] = [];
  let text = '';
  for (const [token] of json.matchAll(tokens)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      const path = level ? placeIn(level) : '';
      levels.push({ keys: token === '{' ? new Set() : undefined, path, at: path, index: 0 });
    } else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && level) level.index += 1;
    else if (token === ':' && level?.keys) {
      level.at = level.path ? `${level.path}.${text}` : text;
      if (level.keys.has(text)) found.push(level.at);
      level.keys.add(text);
    } else if (token.startsWith('"')) text = JSON.parse(token);
  }
  return [...new Set(found)];
}

const placeIn = ({ keys, path, at, index }: Level): string => (keys ? at : `${path}[${index}]`);
