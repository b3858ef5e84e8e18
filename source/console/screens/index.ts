/** The screens by their ids. One that is not built is not here. */
import type { Screen } from '../screen.ts';
import type { ScreenId } from '../state.ts';
import { homeScreen } from './home/screen.ts';
import { installScreen } from './install/screen.ts';

export const screens: Readonly<Record<ScreenId, Screen>> = { home: homeScreen, install: installScreen };
