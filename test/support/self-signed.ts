/** A server's certificate that nobody has signed but itself, as PEM. */
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';

export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

export async function selfSigned(name: string): Promise<SelfSigned> {
  const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: `CN=${name}`, keys, signingAlgorithm });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  };
}
