/** The cluster layer's door: everything the rest of the program may use of it. */

export { connect } from './api.ts';
export { ApiError, ConnectionError, connectionError } from './api-error.ts';
export { type ClusterConfig, loadKubeconfig } from './kubeconfig.ts';
export { publicHttp, publicLookup } from './public-http.ts';
export { backoffMs } from './retry.ts';
export { toUserError } from './user-error.ts';
export { within } from './within.ts';
