/** What the simulated API server knows of its kinds. */
export { defaulted } from './defaults.ts';
export { discovery } from './discovery.ts';
export { kindOf, kinds, resourceOf, schemaOf, versionInfo } from './kinds.ts';
export { openapiV2, openapiV3 } from './openapi.ts';
export { validate } from './validate/index.ts';
