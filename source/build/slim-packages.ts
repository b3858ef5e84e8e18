/**
 * Leaves out of the bundle what big packages bring along and this program never calls: it would be loaded at every
 * start that reaches for a cluster.
 */
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { root } from './paths.ts';

const commander = join(root, 'node_modules/commander/');
const [slim, unused] = ['\0slim:undici', '\0unused:child_process'];

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
  resolveId(name, importer) {
    if (name === 'undici') return slim;
    // commander starts programs for commands that are files of their own; here none is.
    return /^(node:)?child_process$/.test(name) && importer?.startsWith(commander) ? unused : undefined;
  },
  load(id) {
    if (id === slim) return undici;
    return id === unused ? 'module.exports = {};' : undefined;
  },
};
