/** What goes wrong on purpose. The owner changes the fields while the server runs; it reads them with each request. */
export interface Faults {
  /** All requests are answered 429 with this many seconds to wait. */
  tooManyRequests?: number | undefined;
  /** Every second request is answered 500. */
  errors?: boolean | undefined;
  /** Every second request loses its connection without an answer. */
  resets?: boolean | undefined;
  /** Every answer waits this long, in milliseconds of real time. */
  slowMs?: number | undefined;
  /** Watches are told that their version is too old, as an event when they have one and as an answer when they begin anew. */
  goneWatches?: boolean | undefined;
  /** No token is known any more. */
  expiredTokens?: boolean | undefined;
  /** Followed logs end after so many milliseconds of real time. */
  logsEndAfterMs?: number | undefined;
}
