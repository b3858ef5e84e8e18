/**
 * `import ... from 'node:http'` makes Node read every export of that module, and one of them loads a whole WebSocket and
 * fetch: more time than Node itself needs to start. Asked for in this way the module comes without that.
 */
import type { Plugin } from 'esbuild';

const namespace = 'eager-builtin';

export const eagerBuiltins: Plugin = {
  name: namespace,
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, () => ({ path: 'node:http', namespace }));
    build.onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
  },
};
