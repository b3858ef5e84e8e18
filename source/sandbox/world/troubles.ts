/** What can be wrong in the world; the owner changes the fields while it runs. */
export interface Troubles {
  /** PostgreSQL never gets a leader. */
  postgresNotReady?: boolean;
  /** PostgreSQL lets nobody make a database. */
  databaseRefused?: boolean;
  /** The migration of this number fails whenever it is tried. */
  failingMigration?: number;
  /** Migrations take so many times as long. */
  slowMigrations?: number;
  /** ClickHouse's volume has no room left: nothing can be written. */
  clickhouseDiskFull?: boolean;
  /** The bucket holds as much as it may. */
  bucketFull?: boolean;
  /** The web tier needs more memory than it may use, and is killed soon after each start. */
  webOutOfMemory?: boolean;
  /** The gateway takes so many milliseconds of true time to learn of an Ingress. */
  ingressDelayMs?: number;
  /** The gateway shows its own certificate in place of that of the address. */
  certificatePending?: boolean;
}

/** Whether something simulated that takes `delayMs` at Sealos' pace is over after `ageMs` of true time. */
export const isPastDelay = (ageMs: number, speed: number, delayMs = 0): boolean =>
  // Times of the API have no fraction, so that a new object may seem to be of the future; and nothing is waited for at `max`.
  delayMs === 0 || speed === Number.POSITIVE_INFINITY || Math.max(0, ageMs) * speed >= delayMs;
