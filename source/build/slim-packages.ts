/**
 * Leaves out of the bundle what big packages bring along and this program never calls: it would be loaded at every
 * start that reaches for a cluster.
 */
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { root } from './paths.ts';

const commander = join(root, 'node_modules/commander/');

/**
 * undici as far as it is used here. Its own index loads fetch, WebSocket, caches and mocks as well. A name that is
 * missing here stops the build.
 */
const undici = `
import Agent from 'undici/lib/dispatcher/agent.js';
import Client from 'undici/lib/dispatcher/client.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import api from 'undici/lib/api/index.js';
import buildConnector from 'undici/lib/core/connect.js';
Object.assign(Dispatcher.prototype, api);
export { Agent, buildConnector, Client, Dispatcher, ProxyAgent };
`;

export const slimPackages: Plugin = {
  name: 'slim-packages',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'slim' }));
    build.onLoad({ filter: /^undici$/, namespace: 'slim' }, () => ({ contents: undici, resolveDir: root }));

    // commander starts programs for commands that are files of their own; here none is.
    build.onResolve({ filter: /^(node:)?child_process$/ }, ({ path, importer }) =>
      importer.startsWith(commander) ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};
