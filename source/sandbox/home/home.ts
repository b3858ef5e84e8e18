/** Where the sandbox keeps its state: a folder of the user's, never that of a real cluster. */
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** `$XDG_STATE_HOME`, else what the platform has instead, then `posthog-sealos`. Undefined when there is no home. */
export function programHome(env: Env, platform: NodeJS.Platform): string | undefined {
  const base = stateHome(env, platform);
  return base === undefined ? undefined : join(base, 'posthog-sealos');
}

export function sandboxHome(env: Env, platform: NodeJS.Platform): string | undefined {
  const base = programHome(env, platform);
  return base === undefined ? undefined : join(base, 'sandbox');
}

function stateHome(env: Env, platform: NodeJS.Platform): string | undefined {
  // A relative path is to be ignored (XDG Base Directory Specification).
  if (env['XDG_STATE_HOME']?.startsWith('/')) return env['XDG_STATE_HOME'];
  if (platform === 'win32') return env['LOCALAPPDATA'];
  const home = env['HOME'];
  if (!home) return undefined;
  return platform === 'darwin' ? join(home, 'Library', 'Application Support') : join(home, '.local', 'state');
}
