/** All stand-ins of the platform in one process: KubeBlocks, object storage, volumes, the gateway. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { connectApi } from '../api.ts';
import { domain, type KubeblocksVersion, kubeblocksVersions, layoutOf, network, s3Port } from '../layout.ts';
import { runGateway } from './gateway.ts';
import { runKubeblocks } from './kubeblocks.ts';
import { applyObjectStorageService, runObjectStorage } from './object-storage.ts';
import { handlePlatform, platformHosts } from './platform.ts';
import { runProvisioner } from './provisioner.ts';
import { makeObjectStore } from './s3.ts';

const ending = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort());
ending.signal.addEventListener('abort', () => process.exit(0));

const layout = layoutOf(process.env);
const api = await connectApi(layout);
const now = (): Date => new Date();

const version = (): KubeblocksVersion => {
  const said = readFileSync(layout.kubeblocksVersion, 'utf8');
  return kubeblocksVersions.find((each) => each === said) ?? kubeblocksVersions[0];
};

const store = makeObjectStore(now);
await applyObjectStorageService(api, ending.signal);
runProvisioner(api, layout.volumes, ending.signal);
runKubeblocks({ api, version, now, signal: ending.signal });
runObjectStorage(api, store, ending.signal);
await new Promise<void>((resolve, reject) => {
  createServer(store.handle).once('error', reject).listen(s3Port, network.node, resolve);
});
const platform = new Map([
  ...platformHosts.map((host) => [host, handlePlatform] as const),
  [`objectstorageapi.${domain}`, store.handle] as const,
]);
await runGateway({ api, layout, platform, signal: ending.signal });
// Whoever waits for the stand-ins looks for this file.
await writeFile(join(layout.work, 'operators-ready'), '');
