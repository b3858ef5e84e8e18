/** What is served beside resources: health, version, discovery and OpenAPI. */
import { StatusError } from '../objects/index.ts';
import { discovery, openapiV2, openapiV3, versionInfo } from '../schema/index.ts';
import { answer, answerText, type Call } from './call.ts';
import { formFor } from './media.ts';

const health: readonly string[] = ['/healthz', '/livez', '/readyz'];

export async function answerDocument(call: Call): Promise<void> {
  const { path } = call.info;
  if (call.info.verb !== 'get') throw StatusError.methodNotAllowed();
  if (health.includes(path)) return answerText(call, 200, 'ok');
  const document = documentAt(path.replace(/\/$/, ''), call.request.headers.accept, call.parts.hidden);
  if (document) return answer(call, 200, JSON.stringify(document.value), { form: document.form });
  if (/^\/api\/[^/]+$/.test(path)) throw StatusError.noSuchResource();
  answerText(call, 404, path.startsWith('/openapi/v3/') ? '' : '404 page not found\n');
}

function documentAt(path: string, accept: string | undefined, hidden: ReadonlySet<string>) {
  const plain = { encoding: 'json' } as const;
  const known = (value: unknown) => (value === undefined ? undefined : { value, form: plain });
  if (path === '/version') return known(versionInfo);
  // kubectl asks for protobuf alone, and does without when there is none.
  if (path === '/openapi/v2') return formFor(accept) && known(openapiV2());
  if (path.startsWith('/openapi/v3')) return known(openapiV3(path.slice('/openapi/v3/'.length) || undefined));
  if (!/^\/apis?(\/|$)/.test(path)) return undefined;
  const form = formFor(accept);
  const aggregated = form.as === 'APIGroupDiscoveryList' && (path === '/api' || path === '/apis');
  const value = discovery(path, aggregated, hidden);
  return value === undefined ? undefined : { value, form: aggregated ? form : plain };
}
