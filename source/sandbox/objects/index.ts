/** Objects of the simulated cluster: how they are kept, written, selected and refused. */
export { JournalError, openJournal } from './journal.ts';
export { createObjects } from './objects.ts';
export { scaleOf } from './scale.ts';
export { matchesSelector, parseFieldSelector, parseLabelSelector } from './selectors.ts';
export { qualifiedResource, StatusError } from './status-error.ts';
export { createStore } from './store.ts';
