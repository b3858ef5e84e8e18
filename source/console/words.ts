/** The words of the screens: in the language that was chosen, with commands as they are typed here. */
import { dictionaries, type Messages } from '../messages/index.ts';
import { startedMessages } from '../messages/started.ts';
import type { State } from './state.ts';

export const wordsIn = ({ language, started }: Pick<State, 'language' | 'started'>): Messages =>
  startedMessages(dictionaries[language], started);
