import { answers } from './answers.ts';
import { cause } from './cause.ts';
import { cli } from './cli.ts';
import { cluster } from './cluster.ts';
import { concern } from './concern.ts';
import { console } from './console.ts';
import { figures } from './figures.ts';
import { install } from './install.ts';
import { logs } from './logs.ts';
import { proof } from './proof.ts';
import { sandbox } from './sandbox.ts';
import { scale } from './scale.ts';
import { units } from './units.ts';

export const zh = {
  answers,
  cause,
  cli,
  cluster,
  concern,
  console,
  figures,
  install,
  logs,
  proof,
  sandbox,
  scale,
  units,
};
