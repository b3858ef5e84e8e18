/**
 * The secrets that belong to an instance for its whole life. Made once, kept in the Secret `<app>-env`, found and
 * reused on every later run (stack-spec G; posthog-stack 6 says what is lost when one changes).
 */
import type { Answers } from './answers.ts';

type Format = { readonly hexBytes: number } | { readonly alphanumeric: number };

/** Key in `<app>-env` -> how it is made. */
const secretFormats = {
  SECRET_KEY: { hexBytes: 32 },
  // PostHog refuses anything but exactly 32 characters (posthog-stack 6).
  ENCRYPTION_SALT_KEYS: { hexBytes: 16 },
  INTERNAL_API_SECRET: { hexBytes: 32 },
  CLICKHOUSE_PASSWORD: { alphanumeric: 32 },
  CLICKHOUSE_API_PASSWORD: { alphanumeric: 32 },
  CLICKHOUSE_APP_PASSWORD: { alphanumeric: 32 },
  CLICKHOUSE_BILLING_PASSWORD: { alphanumeric: 32 },
  CLICKHOUSE_DICT_READER_PASSWORD: { alphanumeric: 32 },
  AGENT_INTERNAL_SIGNING_KEY: { hexBytes: 32 },
} as const satisfies Record<string, Format>;

export type SecretKey = keyof typeof secretFormats;
export const secretKeys = Object.keys(secretFormats) as readonly SecretKey[];
/** What is stored was signed or encrypted with them: a new one makes it unreadable (posthog-stack 6). */
export const irreplaceableKeys: readonly SecretKey[] = ['SECRET_KEY', 'ENCRYPTION_SALT_KEYS'];
export type Secrets = Readonly<Record<SecretKey, string>>;

/** Cryptographic random bytes; injected so that this stays pure. */
export type RandomBytes = (count: number) => Uint8Array;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Letters and digits without modulo bias: bytes that do not fit a whole alphabet are drawn again. */
export function randomAlphanumeric(length: number, random: RandomBytes): string {
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of random(length - text.length)) if (byte < limit) text += alphabet[byte % alphabet.length];
  }
  return text;
}

/** Every secret: those of `existing` that are there, the others new. Never changes one that exists. */
export function completeSecrets(existing: Readonly<Record<string, string>>, random: RandomBytes): Secrets {
  const make = (format: Format) =>
    'hexBytes' in format ? hex(random(format.hexBytes)) : randomAlphanumeric(format.alphanumeric, random);
  return Object.fromEntries(secretKeys.map((key) => [key, existing[key] || make(secretFormats[key])])) as Secrets;
}

type Values = Readonly<Record<string, string>>;

/** Contents of `<app>-mail`. A password that is not given stays what it was. */
export function mailSecret(mail: NonNullable<Answers['mail']>, existing: Values): Values {
  const { host, port, from, tls, user = '', password = existing['password'] ?? '' } = mail;
  return { host, port: String(port), from, tls: String(tls), user, password };
}

/** Contents of `<app>-s3`. A secret key that is not given stays what it was. */
export function s3Secret(s3: NonNullable<Answers['s3']>, existing: Values): Values {
  const { endpoint, publicEndpoint = endpoint, region, bucket, accessKey } = s3;
  return {
    endpoint,
    publicEndpoint,
    region,
    bucket,
    accessKey,
    secretKey: s3.secretKey ?? existing['secretKey'] ?? '',
  };
}
