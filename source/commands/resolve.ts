/** `--resolve`, as curl has it. */
import { isIP } from 'node:net';
import type { ResolveEntry } from '../install/contract.ts';
import { usageError } from './usage.ts';

/** `HOST:PORT:ADDR`; an address in brackets may be IPv6. @throws UserError (exit 2). */
export function parseResolve(value: string): ResolveEntry {
  const [, host, port, v6, v4] = /^([^:[\]]+):(\d{1,5}):(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))$/.exec(value) ?? [];
  const address = v6 ?? v4;
  if (host === undefined || address === undefined || isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535)
    throw usageError(
      (t) => t.cli.errors.badResolve(value),
      (t) => t.cli.errors.badResolveHint,
    );
  return { host: host.toLowerCase(), port: Number(port), address };
}
