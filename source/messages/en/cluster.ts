export const cluster = {
  kubeconfig: {
    missing: (files: string) => `No kubeconfig was found; looked at ${files}.`,
    namedMissing: (files: string) => `The kubeconfig ${files} does not exist.`,
    missingHint:
      'In the Sealos desktop, open the account menu, choose Kubeconfig and download it. Then save it as ~/.sealos/kubeconfig or give its path with --kubeconfig.',
    directory: (file: string) => `${file} is a directory, not a kubeconfig.`,
    unreadable: (file: string, why: string) => `${file} cannot be read: ${why}.`,
    empty: (file: string) => `The kubeconfig ${file} is empty.`,
    malformed: (file: string, line: number | undefined) =>
      `The kubeconfig ${file} is not valid YAML${line === undefined ? '' : ` (line ${line})`}.`,
    notKubeconfig: (file: string) => `${file} is not a kubeconfig: it has no clusters, users and contexts.`,
    badToken: (file: string) => `The token of ${file} is damaged: it holds characters that no token has.`,
    badHint: 'Download it again from the Sealos desktop: account menu, Kubeconfig.',
    noContext: (file: string, contexts: string) =>
      `The kubeconfig ${file} does not say which context to use${contexts ? `; it has ${contexts}` : ''}.`,
    halfCertificate: (file: string) =>
      `${file} has a client certificate without its key, or a key without its certificate.`,
    unknownContext: (context: string, near: string | undefined) =>
      `The kubeconfig has no context "${context}"${near ? `; did you mean "${near}"?` : '.'}`,
    contexts: (contexts: string) =>
      contexts ? `Contexts: ${contexts}. Choose one with --context.` : 'It has no contexts at all.',
    noServer: (context: string) => `The context "${context}" names no server.`,
  },
  plugin: (command: string, why: string) => `The login program "${command}" of your kubeconfig failed: ${why}.`,
  pluginHint: (command: string) => `Run "${command}" by hand to see what it says, and log in again with it.`,
  badProxy: 'The address of the proxy (HTTPS_PROXY, or proxy-url in the kubeconfig) is not a URL that can be used.',
  badProxyHint: 'Give it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.',
  notKubernetes: (server: string) => `${server} does not answer like a Kubernetes API server.`,
  unauthorized: 'The cluster does not accept your login: the kubeconfig was rotated or has expired.',
  unauthorizedHint:
    'Download the kubeconfig again from the Sealos desktop (account menu, Kubeconfig), then run the same command again.',
  debt: 'The account of this workspace is in debt, so Sealos refuses changes.',
  debtHint: 'Top up the account in the Sealos desktop, then run the same command again.',
  subscription: 'The subscription of this workspace has expired, so Sealos refuses changes.',
  subscriptionHint: 'Renew it in the Sealos desktop, then run the same command again.',
  hostForbidden: 'This host belongs to the platform itself and cannot be used.',
  hostForbiddenHint: 'Leave --host out, or use a host under the domain for users.',
  hostTaken: 'Another workspace already uses this host.',
  hostTakenHint: 'Choose another one with --host.',
  hostUnverified: 'Sealos could not verify the host: its DNS entry does not lead to this cluster.',
  hostUnverifiedHint:
    'Create a CNAME to the address that Sealos gives, without a proxy such as Cloudflare in front, and wait until DNS has it.',
  hostIcp: 'The host has no ICP filing, which this region demands.',
  hostIcpHint: "Use the platform's own domain (leave --host out), or file the domain with ICP.",
  quota: (message: string) => `The quota of this workspace is used up: ${message}`,
  quotaHint: 'Choose a smaller size, remove what you do not need, or ask Sealos for more.',
  podSecurity: (message: string) => `The security rules of this namespace refuse it: ${message}`,
  podSecurityHint:
    'This should not happen on Sealos. Ask who runs this cluster about its PodSecurity level; baseline is enough.',
  forbidden: (message: string) => `Your token may not do this: ${message}`,
  forbiddenHint: 'Ask the owner of the workspace for the role Owner or Manager, or check the namespace (-n).',
  conflict: (message: string) => `Somebody else changed it at the same time: ${message}`,
  conflictHint: 'Run the same command again.',
  busy: 'The cluster is too busy and asks to wait.',
  busyHint: 'Wait a minute, then run the same command again; it continues.',
  server: (message: string) => `The cluster had an error of its own: ${message}`,
  serverHint: 'Run the same command again; it continues. If it stays, tell who runs this cluster.',
  refused: (message: string) => `The cluster refused it: ${message}`,
  faults: {
    dns: 'its name cannot be found',
    refused: 'nothing answers there',
    timeout: 'it does not answer in time',
    tls: 'its certificate is not trusted',
    reset: 'the connection was cut',
    proxy: 'the proxy does not let it through',
  },
  unreachable: (server: string, fault: string, detail: string) =>
    `The cluster ${server} cannot be reached: ${fault} (${detail}).`,
  unreachableHint: (server: string) =>
    `Check your network, VPN and proxy (HTTPS_PROXY), and that ${server} is the right one: --kubeconfig, --context.`,
  tls: (server: string, detail: string) => `The certificate of ${server} is not trusted (${detail}).`,
  tlsHint:
    'Download the kubeconfig again: it holds the certificate of the cluster. Something between you and the cluster may also be reading along.',
};
