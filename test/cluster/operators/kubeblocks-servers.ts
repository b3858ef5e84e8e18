/** The servers that the stand-in runs in place of the addons' own images. */
import type { Engine } from '../../../source/sandbox/controllers/kubeblocks/definitions.ts';
import type { Component } from '../../../source/sandbox/controllers/kubeblocks/objects.ts';
import { ownImages } from '../layout.ts';

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

/** What a container of an engine is run from. */
export function runOf({ name, credentials }: Engine): Component['run'] {
  const script = name === 'postgres' ? postgresScript : credentials ? redisScript : sentinelScript;
  return { image: ownImages[name], command: ['sh', '-c', script.join('\n')] };
}
