/** Looking for a text: typed into a line at the foot, then from hit to hit. Pure. */
import type { Messages } from '../../messages/index.ts';
import { accent, cellsOf, dim, inverse, type Line, type Picture, sliceLine, textOf, warn } from '../draw/line.ts';
import { drawField, edit, fieldOf, insert, type TextField } from './text-field.ts';

export interface Search {
  readonly query: string;
  /** While it is being typed. */
  readonly field: TextField | undefined;
}

export const noSearch: Search = { query: '', field: undefined };

export const beginSearch: Search = { query: '', field: fieldOf('') };

export const isSearching = ({ field }: Search): boolean => field !== undefined;

/** While it is typed. @returns undefined for a press that types nothing */
export function typeSearch({ field }: Search, press: string): Search | undefined {
  const edited = field && edit(field, press);
  return edited && { query: edited.text, field: edited };
}

/** What was pasted while it is typed. */
export function pasteSearch({ field, ...search }: Search, text: string): Search {
  const pasted = field && insert(field, text);
  return pasted ? { query: pasted.text, field: pasted } : { ...search, field };
}

export const endSearch = ({ query }: Search): Search => ({ query, field: undefined });

/** Where the text is found: numbers of the entries, whatever the case of its letters. */
export function hitsOf(texts: readonly string[], query: string): readonly number[] {
  const wanted = query.toLowerCase();
  if (wanted === '') return [];
  return texts.flatMap((text, index) => (text.toLowerCase().includes(wanted) ? [index] : []));
}

/** The hit to go to from `at`; around the end it goes on at the beginning. */
export function nextHit(hits: readonly number[], at: number, way: 'here' | 'next' | 'previous'): number | undefined {
  switch (way) {
    case 'here':
      return hits.find((hit) => hit >= at) ?? hits[0];
    case 'next':
      return hits.find((hit) => hit > at) ?? hits[0];
    case 'previous':
      return hits.findLast((hit) => hit < at) ?? hits.at(-1);
  }
}

/** The line with the places marked where the text is found. */
export function marked(line: Line, query: string): Line {
  const text = line.map(textOf).join('');
  // Letters whose other case is longer would shift all that follows.
  const places = query === '' || text.length !== text.toLowerCase().length ? [] : placesOf(text, query);
  const ends = places.map((place) => place + query.length);
  return [
    ...places.flatMap((place, index) => [
      ...sliceLine(line, ends[index - 1] ?? 0, place),
      inverse(text.slice(place, ends[index])),
    ]),
    ...sliceLine(line, ends.at(-1) ?? 0, text.length),
  ];
}

function placesOf(text: string, query: string): readonly number[] {
  const [where, what] = [text.toLowerCase(), query.toLowerCase()];
  const places: number[] = [];
  for (let at = where.indexOf(what); at >= 0; at = where.indexOf(what, at + what.length)) places.push(at);
  return places;
}

/** One line: `/redis  3 of 17`. Nothing without a search. @param at the entry of the cursor */
export function drawSearch(
  { query, field }: Search,
  hits: readonly number[],
  at: number,
  columns: number,
  t: Messages,
): Picture {
  if (query === '' && !field) return { lines: [] };
  const found = t.console.search.found(hits.indexOf(at) + 1, hits.length);
  const told = query === '' ? [] : ['  ', hits.length === 0 ? warn(found) : dim(found)];
  const { line, column } = drawField(field ?? fieldOf(query), columns - cellsOf(told) - 4);
  return {
    lines: [[' ', accent('/'), ...line, ...told]],
    ...(field ? { cursor: { column: 2 + column, row: 0 } } : {}),
  };
}
