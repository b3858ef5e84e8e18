/** Objects of the simulated cluster: how they are kept, written, selected and refused. */
export { parseFieldSelector } from './field-selector.ts';
export { JournalError, openJournal } from './journal.ts';
export { matchesSelector, parseLabelSelector } from './label-selector.ts';
export { createObjects } from './objects.ts';
export { scaleOf } from './scale.ts';
export { qualifiedResource, StatusError } from './status-error.ts';
export { createStore } from './store.ts';
