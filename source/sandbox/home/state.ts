/** What has to be known of a sandbox before it serves: where, for whom, how fast. One small file, replaced as a whole. */
import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { exitCodes, UserError } from '../../errors.ts';
import { makeFolder } from '../../make-folder.ts';
import type { Say } from '../../messages/index.ts';

/** Raised when an older program could not read it any more. */
const stateVersion = 1;

const portNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));

const stateSchema = v.object({
  version: v.literal(stateVersion),
  /** Of the API. */
  port: portNumber,
  /** Of the simulated public address. Whoever listens on it serves: that is the lock, and it ends with its process. */
  publicPort: portNumber,
  seed: v.number(),
  scenario: v.string(),
  /** Of the user whom the kubeconfig logs in. */
  token: v.string(),
  /** Of the sandbox's own commands, which see the whole cluster. */
  adminToken: v.string(),
  authority: v.object({ ca: v.string(), cert: v.string(), key: v.string() }),
});
export type SandboxState = v.InferOutput<typeof stateSchema>;

const stateFile = (home: string) => join(home, 'sandbox.json');

/**
 * Undefined when there is none yet.
 * @throws UserError `sandbox-state` (exit 3) for a file that is damaged or of a newer program; it is left as it is.
 */
export async function readState(home: string): Promise<SandboxState | undefined> {
  const file = stateFile(home);
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unusable(home, error);
  });
  if (content === undefined) return undefined;
  const value = parsed(content);
  if (isNewer(value))
    throw badState(
      (t) => t.sandbox.newer(file),
      (t) => t.sandbox.newerHint,
    );
  const result = v.safeParse(stateSchema, value);
  if (result.success) return result.output;
  throw badState(
    (t) => t.sandbox.damaged(file),
    (t) => t.sandbox.damagedHint,
  );
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function isNewer(value: unknown): boolean {
  const { version } = (value ?? {}) as { version?: unknown };
  return typeof version === 'number' && version > stateVersion;
}

/**
 * Keeps a state for the first time; undefined when somebody else was faster.
 * @throws UserError `sandbox-home` (exit 3) when the folder cannot be written.
 */
export async function createState(
  home: string,
  state: Omit<SandboxState, 'version'>,
): Promise<SandboxState | undefined> {
  const complete: SandboxState = { version: stateVersion, ...state };
  try {
    await makeFolder(home, 0o700);
    await putNew(home, complete);
    return complete;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw unusable(home, error as NodeJS.ErrnoException);
  }
}

/** Written beside its place first: whoever is killed on the way leaves nothing half. @throws Error EEXIST where one is */
async function putNew(home: string, state: SandboxState): Promise<void> {
  const next = join(home, `.sandbox.${randomBytes(4).toString('hex')}.json`);
  try {
    await writeFile(next, JSON.stringify(state), { mode: 0o600, flag: 'wx' });
    await link(next, stateFile(home));
  } finally {
    await rm(next, { force: true }).catch(() => {});
  }
}

/** That the folder cannot be used as it has to be. */
export function unusable(home: string, error: NodeJS.ErrnoException): UserError {
  return new UserError({
    code: 'sandbox-home',
    exit: exitCodes.refused,
    say: (t) => t.sandbox.unusable(home, error.code ?? error.message),
    hint: (t) => t.sandbox.unusableHint,
    cause: error,
  });
}

function badState(say: Say, hint: Say): UserError {
  return new UserError({ code: 'sandbox-state', exit: exitCodes.refused, say, hint });
}
