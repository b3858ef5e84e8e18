/** Applies the whole stack at once, as the dry run of an install does; readiness, which orders a real run, is not measured here. */
import { openCluster } from './cluster.ts';
import { wholeStack } from './stack.ts';

const cluster = await openCluster();
await Promise.all(wholeStack().map((object) => cluster.apply(object)));
await cluster.close();
