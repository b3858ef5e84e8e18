/** The API server of the simulated cluster. */
export { createAdmission, type Platform } from './admission/index.ts';
export type { Authority } from './certificates.ts';
export type { Faults } from './faults.ts';
export { authorize } from './rbac.ts';
export { type ApiServer, type ServeOptions, serveApi } from './serve.ts';
