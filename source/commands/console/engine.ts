/** What speaks to a cluster: loaded when the first frame is drawn, because nobody should wait for it. */
export { giveUpPassword, keptPassword } from '../../install/kept-password.ts';
export { watchHome } from './home.ts';
export { Installing } from './installing.ts';
export { readPart } from './reading.ts';
