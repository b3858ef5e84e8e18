/** A placeholder: answers 200 on every port named in PORTS. */
import { createServer } from 'node:http';

for (const port of (process.env['PORTS'] ?? '8000').split(',')) createServer((_, response) => response.end('ok\n')).listen(Number(port));
