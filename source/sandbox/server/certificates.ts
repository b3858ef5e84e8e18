/** The authority that signs for the sandbox's server, made once by a small library: only a first start loads this. */
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface Authority {
  /** PEM: what a kubeconfig trusts. */
  readonly ca: string;
  /** PEM: the server's certificate, for 127.0.0.1, ::1 and localhost. */
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const validDays = 3650;

/** @param hosts names of the public addresses, beside those of this machine. @param now epoch milliseconds; the certificates are valid from a day before, for clocks that are set back. */
export async function makeAuthority(now: number, hosts: readonly string[] = []): Promise<Authority> {
  const validity = { notBefore: new Date(now - dayMs), notAfter: new Date(now + validDays * dayMs) };
  const generate = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const [authorityKeys, serverKeys] = await Promise.all([generate(), generate()]);
  const name = 'CN=posthog-sealos sandbox';
  const ca = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name,
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true)],
  });
  const server = await X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=localhost',
    issuer: name,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        ...hosts.map((value) => ({ type: 'dns' as const, value })),
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey)).toString('base64');
  return {
    ca: ca.toString('pem'),
    cert: server.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`,
  };
}
