import type { Units } from '../../text/duration.ts';
import { answers } from './answers.ts';
import { cause } from './cause.ts';
import { cli } from './cli.ts';
import { cluster } from './cluster.ts';
import { console } from './console.ts';
import { install } from './install.ts';
import { proof } from './proof.ts';
import { sandbox } from './sandbox.ts';

/** Of time, behind their numbers. */
const units: Units = { ms: ' 毫秒', s: '秒', m: '分', h: '时' };

export const zh = { answers, cause, cli, cluster, console, install, proof, sandbox, units };
