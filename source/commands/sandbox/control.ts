/** Reads and changes how the sandbox runs, through its own API, with its administrator's token. */
import type { Cluster } from '../../cluster/types.ts';
import { type Control, controlObject, controlRef, readControl } from '../../sandbox/control.ts';
import { writeKubeconfig } from '../../sandbox/home/kubeconfig.ts';
import { joinSandbox } from '../../sandbox/join.ts';
import type { Session } from '../session.ts';

/** What is set; serves for that moment when nobody does. */
export const readServedControl = (session: Session): Promise<Control> =>
  asAdmin(session, async (cluster) => readControl(await cluster.get(controlRef, { signal: session.signal })));

/** @returns what is set then, or what was set before. */
export function changeControl(
  session: Session,
  change: (control: Control) => Control,
  wanted: 'after' | 'before' = 'after',
): Promise<Control> {
  const { signal } = session;
  return asAdmin(session, async (cluster) => {
    const before = readControl(await cluster.get(controlRef, { signal }));
    const next = change(before);
    // A fault that is on must not keep anybody from turning it off.
    await cluster.patch(controlRef, 'merge', { data: controlObject(next)['data'] ?? {} }, { signal });
    return wanted === 'after' ? next : before;
  });
}

/** Serves for that moment when nobody does. */
export async function asAdmin<T>(session: Session, use: (cluster: Cluster) => Promise<T>): Promise<T> {
  const { context, signal } = session;
  const { connect, loadKubeconfig } = await import('../../cluster/index.ts');
  const { home, state, membership } = await joinSandbox({ context, signal, complain: () => {} });
  const cluster = connect(
    await loadKubeconfig({ path: await writeKubeconfig(home, state, 'admin'), env: {}, signal }),
    context,
  );
  try {
    return await use(cluster);
  } finally {
    await cluster.close();
    await membership.leave();
  }
}
