/** What the stand-in knows of the databases: the definitions and versions of KubeBlocks' addons that Sealos installs. */

export interface Engine {
  readonly image: 'postgres' | 'redis';
  readonly port: number;
  readonly username: string;
  /** A component of the cluster's credentials; a sentinel has none of its own. */
  readonly credentials: boolean;
  readonly mountPath: string;
  readonly user: number;
  readonly script: readonly string[];
  readonly readiness: object;
}

const postgresScript = [
  'set -eu',
  'export PGDATA=/home/postgres/pgdata/pgroot/data',
  'if [ ! -s "$PGDATA/PG_VERSION" ]; then',
  '  mkdir -p "$PGDATA"; chmod 700 "$PGDATA"',
  '  printf %s "$PGPASSWORD_SUPERUSER" > /tmp/password',
  '  initdb --username=postgres --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync > /dev/null',
  '  rm /tmp/password',
  '  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"',
  'fi',
  // A pod has 64 MiB of shared memory, and nothing here must survive the machine.
  'exec postgres -c listen_addresses="*" -c max_connections=225 -c unix_socket_directories=/tmp -c fsync=off \\',
  '  -c dynamic_shared_memory_type=mmap -c shared_buffers=32MB -c shared_preload_libraries=pg_stat_statements',
];

// The configuration comes on stdin, so that the password is in no argument.
const redisScript = [
  'set -eu',
  'exec redis-server - <<CONFIGURATION',
  'bind * -::*',
  'dir /data',
  'appendonly yes',
  'maxmemory $REDIS_MAXMEMORY',
  'maxmemory-policy volatile-lru',
  'logfile /data/running.log',
  'requirepass $REDIS_PASSWORD',
  'masterauth $REDIS_PASSWORD',
  'CONFIGURATION',
];

const sentinelScript = [
  'set -eu',
  'printf "bind * -::*\\nport 26379\\ndir /tmp\\n" > /tmp/sentinel.conf',
  'exec redis-server /tmp/sentinel.conf --sentinel',
];

const postgres: Engine = {
  image: 'postgres',
  port: 5432,
  username: 'postgres',
  credentials: true,
  mountPath: '/home/postgres/pgdata',
  user: 1000,
  script: postgresScript,
  readiness: { exec: { command: ['pg_isready', '-q', '-h', '127.0.0.1', '-U', 'postgres'] } },
};
const redis: Engine = {
  image: 'redis',
  port: 6379,
  username: 'default',
  credentials: true,
  mountPath: '/data',
  user: 999,
  script: redisScript,
  readiness: { tcpSocket: { port: 6379 } },
};
const sentinel: Engine = {
  ...redis,
  port: 26379,
  credentials: false,
  script: sentinelScript,
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
