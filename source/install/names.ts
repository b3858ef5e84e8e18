/** Names and labels of what the program keeps in the cluster for itself. */

/** On the ledger ConfigMap, so that instances are found by one list. Value: the instance's name. */
export const ledgerLabel = 'posthog-sealos/ledger';

export const ledgerName = (app: string) => `${app}-ledger`;
export const leaseName = (app: string) => `${app}-lock`;
