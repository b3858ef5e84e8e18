/** Text from outside (names, messages, logs) must never act on a terminal. */

/** C0 and C1 controls, DEL, line and paragraph separators, and what turns or hides text (bidi, zero width, tags). */
const acting =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Every acting character as visible text: `\n`, `\t`, `\x1b`, `\u{202e}`. */
export function escapeControls(text: string): string {
  return text.replace(acting, (char) => {
    const code = char.codePointAt(0) as number;
    if (char === '\n') return '\\n';
    if (char === '\t') return '\\t';
    if (char === '\r') return '\\r';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** JSON with its acting characters as JSON's own escapes: the same data, and nothing a terminal obeys. */
export function escapeJson(json: string): string {
  return json.replace(acting, (char) => {
    const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
  });
}

/** The same line by line, for texts that may have several. */
export const escapeLines = (text: string): string => text.split('\n').map(escapeControls).join('\n');

/** Colours and the like (SGR), which say nothing without a terminal that obeys them. */
const colours = /\x1b\[[\d;:]*m/g;

/** A line of a log as it is read: without colours, tabs as spaces, whatever else would act made visible. */
export const readableLine = (line: string): string =>
  escapeControls(line.replace(colours, '').replaceAll('\t', '  ').replace(/\r$/, ''));
