/** Amounts as people read them. */

/** With one digit after the point, where it says something: `12.2`, `16`. */
export const rounded = (value: number): string => String(Math.round(value * 10) / 10);

/** `30.9 GiB`, `81 GiB`. */
export const gibibytes = (bytes: number): string => `${rounded(bytes / 2 ** 30)} GiB`;
