/** The screens by their ids. One that is not built is not here. */
import type { Screen } from '../screen.ts';
import type { ScreenId } from '../state.ts';
import { installScreen } from './install/screen.ts';

export const screens: Readonly<Record<ScreenId, Screen>> = { install: installScreen };
