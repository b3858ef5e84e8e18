/**
 * `import ... from 'node:http'` makes Node read every export of that module, and one of them loads a whole WebSocket and
 * fetch: more time than Node itself needs to start. Asked for in this way the module comes without that.
 */
import type { Plugin } from 'rolldown';

const id = '\0eager-builtin:http';

export const eagerBuiltins: Plugin = {
  name: 'eager-builtins',
  resolveId: (name) => (/^(node:)?http$/.test(name) ? id : undefined),
  load: (each) => (each === id ? `module.exports = process.getBuiltinModule('node:http');` : undefined),
};
