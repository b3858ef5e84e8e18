/** The simulated cluster as a whole: state on disk, the API, the controllers, the world, and the public address. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Clock } from '../context.ts';
import { type Control, faultsOf, followControl, readControl } from './control.ts';
import { type KubeblocksVersion, startControllers } from './controllers/index.ts';
import { workspace } from './home/kubeconfig.ts';
import type { SandboxState } from './home/state.ts';
import { numbersFrom } from './numbers.ts';
import { createObjects, createStore, openJournal } from './objects/index.ts';
import { paceOf } from './pace.ts';
import { provision } from './provisioning.ts';
import { rehearsal, scenarioOf } from './scenarios/index.ts';
import { createAdmission, type Faults, serveApi } from './server/index.ts';
import type { User } from './types.ts';
import { createWorld, requestOf } from './world/index.ts';

export interface SandboxOptions {
  /** Where everything is kept. */
  readonly home: string;
  readonly state: SandboxState;
  readonly clock: Clock;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Hears of defects of the simulation. */
  readonly complain: (who: string, error: unknown) => void;
  /** Called when `sandbox down` asks this program to end. */
  readonly onStop?: () => void;
}

export interface Sandbox {
  /** Resolves when nothing is left to do but wait. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const admin: User = { name: 'sandbox-admin', groups: ['system:masters', 'system:authenticated'] };
const serviceAccountsOf = 'system:serviceaccounts:user-system';
const user: User = {
  name: `system:serviceaccount:user-system:${workspace.id}`,
  groups: ['system:serviceaccounts', serviceAccountsOf, 'system:authenticated'],
};
const nodes = ['sandbox-1', 'sandbox-2', 'sandbox-3'].map((name, index) => ({
  name,
  ip: `10.0.0.${index + 1}`,
  cpu: '32',
  memory: '128Gi',
  ephemeral: '400Gi',
  pods: 110,
}));
/** What KubeBlocks renamed and added from one version to the next. */
const kindsMissing: Readonly<Record<KubeblocksVersion, ReadonlySet<string>>> = {
  '0.8.2': new Set(['instancesets', 'componentversions']),
  '0.9.5': new Set(['replicatedstatemachines']),
};
const pullBytesPerSecond = 60e6;
const restartMs = 2_000;

/**
 * Serves until `close`.
 * @throws an error of code EADDRINUSE when another program has a port; JournalError when the state cannot be used.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { home, state, clock, randomBytes, complain, onStop } = options;
  const front = await listenPublic(state, clock.now());
  try {
    const { journal, restore } = openJournal(join(home, 'objects.jsonl'));
    const store = createStore({ journal, restore });
    const pace = paceOf(clock, readControl(undefined).speed);
    const random = numbersFrom(state.seed + store.version);
    const ending = new AbortController();
    const scenario = rehearsal(scenarioOf(state.scenario), complain);
    const platform = { balance: scenario.balance, domain: workspace.domain, deniedDomains: [] };
    const objects = createObjects({ store, admission: createAdmission({ store, platform }), clock, randomBytes });
    provision(objects, admin);
    const world = createWorld({
      ...{ store, pace, random },
      directory: home,
      domain: workspace.domain,
      troubles: scenario.troubles,
      signal: ending.signal,
    });
    const faults: Faults = {};
    const api = await serveApi({
      objects,
      world,
      pace,
      random,
      faults,
      hidden: kindsMissing[scenario.kubeblocks],
      tls: state.authority,
      users: (token) => (token === state.token ? user : token === state.adminToken ? admin : undefined),
      host: '127.0.0.1',
      port: state.port,
    });
    const controllers = startControllers({
      ...{ objects, world, pace, random, complain },
      signal: ending.signal,
      platform: {
        domain: workspace.domain,
        kubeblocks: scenario.kubeblocks,
        redisPasswordEnd: scenario.redisPasswordEnd,
        imageBytes: scenario.imageBytes,
        ca: state.authority.ca,
        ...{ nodes, pullBytesPerSecond },
      },
    });
    const { traffic } = world;
    scenario.start({ objects, user: admin, namespace: workspace.namespace, traffic, now: () => clock.now() });
    front.isTrusted = () => !scenario.troubles.certificatePending;
    let known: Control | undefined;
    followControl(store, (control) => {
      pace.speed = control.speed;
      for (const name of Object.keys(faults) as (keyof Faults)[]) delete faults[name];
      Object.assign(faults, faultsOf(control));
      if (control.faults.includes('half-open')) api.freeze();
      // What changes is meant for this server; when it was written says nothing, because clocks are set back.
      if (known && control.restartAt !== known.restartAt)
        api.restart(restartMs).catch((error: unknown) => complain('api-restart', error));
      if (known && control.stopAt !== known.stopAt) onStop?.();
      known = control;
    });
    front.answer = async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
      const url = new URL(request.url ?? '/', `https://${request.headers.host ?? workspace.domain}`);
      const asked = requestOf(
        url,
        {
          method: request.method ?? 'GET',
          headers: request.headers as Record<string, string>,
          body: Buffer.concat(pieces).toString('utf8'),
        },
        '203.0.113.7',
      );
      const { status, headers = {}, body } = await world.public(url.hostname, asked);
      response.writeHead(status, headers as Record<string, string>).end(body);
    };
    return {
      settled: controllers.settled,
      async close() {
        ending.abort(new Error('the sandbox ends'));
        await api.close();
        world.flush();
        journal.close();
        // The last thing: whoever gets this port takes over what is on disk.
        await front.close();
      },
    };
  } catch (error) {
    await front.close();
    throw error;
  }
}

interface Front {
  /** Whether public addresses have a certificate of their own. */
  isTrusted: () => boolean;
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  close(): Promise<void>;
}

/** The simulated public address. Whoever has its port serves the sandbox, so it is taken first. */
async function listenPublic({ authority, publicPort }: SandboxState, now: number): Promise<Front> {
  const own = createSecureContext(authority);
  let strange: Promise<SecureContext> | undefined;
  const server: Server = createServer({
    ...authority,
    SNICallback(name, done) {
      const isPublic = name.endsWith(workspace.domain);
      if (!isPublic || front.isTrusted()) return done(null, own);
      strange ??= strangeContext(now);
      strange.then(
        (context) => done(null, context),
        (error: Error) => done(error),
      );
    },
  });
  // Guests hold one that carries nothing, to see when this program ends.
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
  });
  const front: Front = {
    isTrusted: () => true,
    answer: async (_, response) => void response.writeHead(503).end('the sandbox is starting'),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
  server.on('request', (request, response) => {
    front.answer(request, response).catch(() => response.destroy());
  });
  server.on('tlsClientError', () => {});
  server.listen(publicPort, '127.0.0.1');
  await once(server, 'listening');
  return front;
}

/** What a gateway shows for an address whose certificate is not there yet: one of its own, which nobody trusts. */
async function strangeContext(now: number): Promise<SecureContext> {
  const { makeAuthority } = await import('./server/certificates.ts');
  return createSecureContext(await makeAuthority(now));
}
