/** Foreign text made fit to be shown: no secrets, no control characters, not too long. */

const longest = 200;

/** A function that cleans text in which one of `secrets` may stand. */
export function cleaner(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 6);
  return (text) => {
    const hidden = known.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
    const line = hidden.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
    return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  };
}

/** Undefined when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A field of a JSON object; undefined when there is no such thing. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner !== null && typeof inner === 'object' ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}
