/** The definitions and versions of KubeBlocks' addons that Sealos installs. */

export interface Engine {
  readonly name: 'postgres' | 'redis';
  readonly port: number;
  readonly username: string;
  /** A component of the cluster's credentials; a sentinel has none of its own. */
  readonly credentials: boolean;
  readonly mountPath: string;
  readonly user: number;
  readonly readiness: object;
}

const postgres: Engine = {
  name: 'postgres',
  port: 5432,
  username: 'postgres',
  credentials: true,
  mountPath: '/home/postgres/pgdata',
  user: 1000,
  readiness: { exec: { command: ['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres'] } },
};
const redis: Engine = {
  name: 'redis',
  port: 6379,
  username: 'default',
  credentials: true,
  mountPath: '/data',
  user: 999,
  readiness: { tcpSocket: { port: 6379 } },
};
const sentinel: Engine = {
  ...redis,
  port: 26379,
  credentials: false,
  readiness: { tcpSocket: { port: 26379 } },
};

interface Definition {
  readonly versions: readonly string[];
  readonly components: Readonly<Record<string, Engine>>;
}

const definitions: Readonly<Record<string, Definition>> = {
  postgresql: {
    versions: [
      'postgresql-12.14.0',
      'postgresql-12.15.0',
      'postgresql-14.7.2',
      'postgresql-14.8.0',
      'postgresql-15.7.0',
      'postgresql-16.4.0',
    ],
    components: { postgresql: postgres },
  },
  redis: { versions: ['redis-7.0.6', 'redis-7.2.4', 'redis-7.2.7'], components: { redis, 'redis-sentinel': sentinel } },
};

export type Lookup = { readonly engines: Readonly<Record<string, Engine>> } | { readonly missing: string };

/** The engines of a cluster by component definition, or the words in which KubeBlocks says what is not there. */
export function lookUp(definitionName: string, version: string | undefined): Lookup {
  const definition = definitions[definitionName];
  if (!definition) return { missing: `ClusterDefinition.apps.kubeblocks.io "${definitionName}" not found` };
  if (version !== undefined && !definition.versions.includes(version))
    return { missing: `ClusterVersion.apps.kubeblocks.io "${version}" not found` };
  return { engines: definition.components };
}
