/** The screens by their ids. One that is not built is not here. */
import type { Screen } from '../screen.ts';
import type { ScreenId } from '../state.ts';
import { eventsScreen } from './events/screen.ts';
import { homeScreen } from './home/screen.ts';
import { installScreen } from './install/screen.ts';
import { logsScreen } from './logs/screen.ts';
import { objectsScreen } from './objects/screen.ts';
import { partScreen } from './part/screen.ts';
import { scaleScreen } from './scale/screen.ts';

export const screens: Readonly<Record<ScreenId, Screen>> = {
  home: homeScreen,
  install: installScreen,
  logs: logsScreen,
  scale: scaleScreen,
  objects: objectsScreen,
  events: eventsScreen,
  part: partScreen,
};
