/** Scenarios of which only whoever comes from outside sees something. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectionError, publicHttp } from '../../../source/cluster/index.ts';
import { workspace } from '../../../source/sandbox/home/kubeconfig.ts';
import { joinSandbox } from '../../../source/sandbox/join.ts';
import { SandboxFolder } from '../journeys/support.ts';

let folder: SandboxFolder;
beforeEach(() => {
  folder = new SandboxFolder();
});
afterEach(() => folder.remove());

const signal = new AbortController().signal;
const complain = (who: string, error: unknown) => {
  throw new Error(`${who} failed`, { cause: error });
};

test.each([
  ['fresh', 404, undefined],
  ['certificate-pending', undefined, 'tls'],
] as const)('%s: the public address answers %s, and its fault is %s', async (scenario, status, fault) => {
  const { context } = folder;
  const { state, membership } = await joinSandbox({ context, signal, complain, begin: { scenario } });
  const gateway = { address: '127.0.0.1', port: state.publicPort, ca: state.authority.ca };
  const http = publicHttp(`https://posthog.${workspace.domain}`, [], {}, gateway);
  try {
    const answer = await http.request({ path: '/_health', signal }).catch((error: unknown) => error);
    expect((answer as { status?: number }).status).toBe(status);
    expect(connectionError(answer)?.fault).toBe(fault);
  } finally {
    await http.close();
    await membership.leave();
  }
});
