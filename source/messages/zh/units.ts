import type { Units } from '../../text/duration.ts';

/** Of time, behind their numbers. */
export const units: Units = { ms: ' 毫秒', s: '秒', m: '分', h: '时' };
