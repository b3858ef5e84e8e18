/** The platform's own pages that tell its domain (`sealos-platform.md` 3, rows 1 to 3). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { domain } from '../layout.ts';

const certSecretName = 'wildcard-cert';

const pages: Readonly<Record<string, object>> = {
  [`template.${domain}/api/platform/getEnv`]: {
    code: 200,
    data: {
      SEALOS_CLOUD_DOMAIN: domain,
      SEALOS_CERT_SECRET_NAME: certSecretName,
      TEMPLATE_REPO_URL: 'https://github.com/labring-sigs/templates',
      TEMPLATE_REPO_BRANCH: 'main',
      DESKTOP_DOMAIN: domain,
      SHOW_AUTHOR: 'false',
      CURRENCY_SYMBOL: 'usd',
    },
  },
  [`applaunchpad.${domain}/api/platform/getClientAppConfig`]: {
    code: 200,
    data: {
      domain,
      port: '443',
      httpPort: '80',
      disableHttps: false,
      userDomains: [{ name: domain, secretName: certSecretName }],
      desktopDomain: domain,
      pvcStorageMax: 100,
      currencySymbol: 'usd',
    },
  },
  [`${domain}/api/platform/getCloudConfig`]: {
    code: 200,
    data: { domain, port: '443', certSecretName, regionUID: 'test' },
  },
};

/** Answers for the hosts of the platform. */
export function handlePlatform(request: IncomingMessage, response: ServerResponse): void {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const page = pages[`${host}${(request.url ?? '/').split('?')[0]}`];
  response.writeHead(page ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(page ?? { code: 404, message: 'not found' }));
}

export const platformHosts = [...new Set(Object.keys(pages).map((page) => page.split('/')[0] ?? ''))];
