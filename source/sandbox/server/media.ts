/** Which form of an answer a client takes, and which forms of a body the server reads. */
import { StatusError } from '../objects/index.ts';
import { isMap } from '../objects/values.ts';

export interface Form {
  readonly encoding: 'json' | 'yaml';
  /** `Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, `APIGroupDiscoveryList`. */
  readonly as?: string;
}

const bodies = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const served = bodies.join(', ');
const streamed = 'application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch';
const transformed: readonly string[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];
const discovered = 'APIGroupDiscoveryList';

const typeOf = (media: string): string => media.split(';', 1)[0]?.trim().toLowerCase() ?? '';

function formOf(media: string): Form | undefined {
  const type = typeOf(media);
  const as = /;\s*as=([^;\s]+)/.exec(media)?.[1];
  if (as !== undefined && !transformed.includes(as) && as !== discovered) return undefined;
  const form = as === undefined ? {} : { as };
  if (['application/json', 'application/*', '*/*'].includes(type)) return { encoding: 'json', ...form };
  return type === 'application/yaml' ? { encoding: 'yaml', ...form } : undefined;
}

/** The first of the forms in `Accept` that there is. @throws StatusError 406 */
export function formFor(accept: string | undefined): Form {
  if (!accept) return { encoding: 'json' };
  const media = accept.split(',');
  const form = media.map(formOf).find(Boolean);
  if (form) return form;
  if (media.some((each) => each.includes('as=')))
    throw new StatusError(406, 'NotAcceptable', `only the following media types are accepted: ${served}`);
  const all = `Available representations: ${served}, ${streamed}`;
  throw new StatusError(406, 'NotAcceptable', `406: Not Acceptable\n\n${all}`, {});
}

/** The content type of an answer in this form. */
export const contentTypeOf = ({ encoding, as }: Form): string =>
  as === discovered ? `application/json;g=apidiscovery.k8s.io;v=v2;as=${discovered}` : `application/${encoding}`;

const bodyLimit = 3 * 2 ** 20;

/** @throws StatusError 413 */
export async function readBody(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > bodyLimit) throw StatusError.tooLarge(`limit is ${bodyLimit}`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Of objects that are created or replaced. @throws StatusError 400, 415 */
export async function decodeObject(body: Buffer, contentType: string | undefined, kind: string): Promise<unknown> {
  const type = typeOf(contentType ?? 'application/json');
  if (type !== 'application/json' && type !== 'application/yaml') throw StatusError.unsupportedMediaType(bodies);
  const text = body.toString('utf8');
  try {
    const value = type === 'application/yaml' ? await parseYaml(text) : parseJson(text);
    if (isMap(value)) return value;
    throw new SyntaxError(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${goNameOf(value)} into Go value of type ${goStruct}`,
    );
  } catch (error) {
    const { message } = error as Error;
    throw StatusError.badRequest(
      `the object provided is unrecognized (must be of type ${kind}): ${message} (${summaryOf(body)})`,
    );
  }
}

/** @throws SyntaxError in Go's words */
function parseGoJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(goJsonError((error as Error).message, text));
  }
}

/** Of objects and options. @throws SyntaxError in Go's words */
export function parseJson(text: string): unknown {
  try {
    return parseGoJson(text);
  } catch (error) {
    throw new SyntaxError(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false });
  const [error] = document.errors;
  if (!error) return document.toJS({ maxAliasCount: 100 });
  const line = error.linePos?.[0].line ?? 1;
  const scanned = scannerFaults[error.code];
  if (scanned) throw new SyntaxError(`yaml: ${line > 1 ? `line ${line}: ` : ''}${scanned}`);
  throw new SyntaxError(`yaml: line ${line}: did not find expected node content`);
}

/** How go-yaml's scanner says what this parser says; it does not tell the first line. */
const scannerFaults: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'found character that cannot start any token',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BAD_SCALAR_START: 'found character that cannot start any token',
};

/** Where encoding/json stumbles, by what V8 says. */
const jsonPlaces: readonly (readonly [RegExp, string])[] = [
  [/property name/, 'looking for beginning of object key string'],
  [/after property value/, 'after object key:value pair'],
  [/after array element/, 'after array element'],
  [/after JSON/, 'after top-level value'],
  [/.*/, 'looking for beginning of value'],
];

function goJsonError(message: string, text: string): string {
  const at = Number(/position (\d+)/.exec(message)?.[1] ?? NaN);
  const token = /Unexpected token '(.)'/su.exec(message)?.[1] ?? text[at];
  const isCut = text.trim() === '' || /end of JSON|Unterminated/.test(message) || token === undefined;
  if (isCut) return 'unexpected end of JSON input';
  const [, where] = jsonPlaces.find(([pattern]) => pattern.test(message)) ?? [];
  return `invalid character ${runeText(token)} ${where}`;
}

/** A character as Go quotes it. */
export function runeText(rune: string): string {
  const code = (rune.codePointAt(0) ?? 0).toString(16);
  return /\p{C}/u.test(rune) ? `'\\u${code.padStart(4, '0')}'` : `'${rune}'`;
}

const goStruct =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function goNameOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const summaryLength = 30;

function summaryOf(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  const start = body.subarray(0, summaryLength);
  const more = body.length > summaryLength ? ' ...' : '';
  return (body[0] === 0x7b ? start.toString('utf8') : start.toString('hex')) + more;
}

const patchTypes = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
} as const;

type PatchType = (typeof patchTypes)[keyof typeof patchTypes];

/** Custom resources have no strategic merge. @throws StatusError 415 */
export function patchTypeOf(contentType: string | undefined, custom: boolean): PatchType {
  const type = typeOf(contentType ?? '');
  const known = Object.hasOwn(patchTypes, type) ? patchTypes[type as keyof typeof patchTypes] : undefined;
  if (known && !(custom && known === 'strategic')) return known;
  if (!custom) throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  throw StatusError.unsupportedMediaType(Object.keys(patchTypes).filter((each) => !each.includes('strategic')));
}

/** @throws StatusError 400 in the words of each patch type */
export async function decodePatch(body: Buffer, type: PatchType): Promise<unknown> {
  const text = body.toString('utf8');
  const applies = type === 'apply';
  const prefix = applies ? 'error decoding YAML: ' : type === 'strategic' ? '' : 'error decoding patch: ';
  const fail = (during: string, why: string) => StatusError.badRequest(`${prefix}${applies ? during : ''}${why}`);
  let value: unknown;
  try {
    value = applies ? await parseYaml(text) : parseGoJson(text);
  } catch (error) {
    throw fail('error converting YAML to JSON: ', (error as Error).message);
  }
  if (type === 'json' ? Array.isArray(value) : isMap(value)) return value;
  const into = type === 'json' ? '[]handlers.jsonPatchOp' : 'map[string]interface {}';
  const why = `json: cannot unmarshal ${goNameOf(value)} into Go value of type ${into}`;
  throw fail('error unmarshaling JSON: while decoding JSON: ', why);
}
