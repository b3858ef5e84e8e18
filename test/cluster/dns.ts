/** CoreDNS: names of Services, and the cluster's public domain. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FindProgram } from './binaries.ts';
import { domain, type Layout, network } from './layout.ts';
import { startDaemon } from './processes.ts';
import { inNetwork } from './shell.ts';

function corefile(layout: Layout): string {
  const pattern = domain.replaceAll('.', '\\.');
  return `
cluster.local in-addr.arpa {
  bind ${network.node}
  errors
  kubernetes {
    kubeconfig ${join(layout.manifests, 'admin.kubeconfig')}
    ttl 1
  }
}
${domain} {
  bind ${network.node}
  errors
  template IN A {
    match (^|\\.)${pattern}\\.$
    answer "{{ .Name }} 5 IN A ${network.gateway}"
  }
  template ANY ANY {
    rcode NOERROR
  }
}
# There is no world outside: an answer at once instead of a wait for somebody to ask.
. {
  bind ${network.node}
  template ANY ANY {
    rcode NXDOMAIN
  }
}
`;
}

export async function startDns(layout: Layout, find: FindProgram): Promise<void> {
  const configuration = join(layout.manifests, 'Corefile');
  await writeFile(configuration, corefile(layout));
  const [program, args] = inNetwork(network.namespacePath, [find('coredns'), '-conf', configuration]);
  startDaemon(layout, { name: 'coredns', command: [program, ...args] });
}
