/** Proxy environment as kubectl (Go) reads it. */

/** The proxy for a server, or undefined. Upper and lower case names are both read, lower case first. */
export function proxyFor(server: URL, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const proxy = read(server.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY');
  if (proxy === undefined || isDirect(server.hostname, read('NO_PROXY') ?? '')) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** Loopback is always direct; `example.com` and `.example.com` cover the domain below them, `*` everything. */
function isDirect(host: string, exceptions: string): boolean {
  if (host === 'localhost' || /^127\./.test(host) || host === '[::1]') return true;
  return exceptions
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter(Boolean)
    .some(
      (entry) =>
        entry === '*' ||
        host === entry.replace(/^\./, '') ||
        host.endsWith(entry.startsWith('.') ? entry : `.${entry}`) ||
        inRange(host, entry),
    );
}

/** `10.0.0.0/8`, as NO_PROXY may hold. */
function inRange(host: string, range: string): boolean {
  const [network, bits] = range.split('/');
  const number = (address: string) =>
    /^\d+(\.\d+){3}$/.test(address) ? address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) : undefined;
  const [a, b] = [number(host), number(network ?? '')];
  if (bits === undefined || a === undefined || b === undefined) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(a / size) === Math.floor(b / size);
}
