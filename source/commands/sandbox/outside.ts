/** The simulated cluster in the place of a real one (`--sandbox`). */
import { type FlagValues, isSet, text } from '../flags.ts';
import type { OpenOutside, Session } from '../session.ts';
import { usageError } from '../usage.ts';

/** @throws UserError (exit 2, 3). */
export async function openSandbox(
  values: FlagValues,
  { io, context, signal }: Pick<Session, 'io' | 'context' | 'signal'>,
): Promise<OpenOutside> {
  if (values['kubeconfig'] !== undefined || values['context'] !== undefined)
    throw usageError((t) => t.sandbox.withKubeconfig);
  const { joinSandbox } = await import('../../sandbox/join.ts');
  const { workspace } = await import('../../sandbox/home/kubeconfig.ts');
  const { connect, loadKubeconfig, publicHttp } = await import('../../cluster/index.ts');
  const { kubeconfig, state, membership } = await joinSandbox({ context, signal, complain: complainTo(io, values) });
  try {
    const namespace = text(values, 'namespace');
    // Nothing of the environment counts here: neither another cluster nor a proxy.
    const config = await loadKubeconfig({
      path: kubeconfig,
      env: {},
      signal,
      ...(namespace === undefined ? {} : { namespace }),
    });
    const cluster = connect(config, context);
    const gateway = { address: '127.0.0.1', port: state.publicPort, ca: state.authority.ca };
    return {
      cluster,
      leave: membership.leave,
      context,
      publicHttp: (baseUrl) => publicHttp(baseUrl, [], {}, gateway),
      lookup: async (host) => (`.${host}`.endsWith(`.${workspace.domain}`) ? [gateway.address] : []),
    };
  } catch (error) {
    await membership.leave();
    throw error;
  }
}

/** Defects of the simulation: of use to whoever reports them. */
export function complainTo({ stderr }: Session['io'], values: FlagValues): (who: string, error: unknown) => void {
  return (who, error) => {
    if (isSet(values, 'verbose')) stderr.write(`sandbox: ${who}: ${(error as Error).stack ?? String(error)}\n`);
  };
}
