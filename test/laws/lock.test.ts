import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../source/build/paths.ts';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));
const { packages } = read('package-lock.json') as { packages: Readonly<Record<string, Locked>> };
const about = read('package.json') as Locked;

test('the lock file says where nothing comes from, so that any registry serves', () => {
  expect(Object.entries(packages).flatMap(([path, { resolved }]) => (resolved === undefined ? [] : [path]))).toEqual(
    [],
  );
});

// A registry that lacks a platform's package makes `npm install` drop it from the lock, and `npm ci` fail everywhere.
test('the lock file knows the packages of every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});

test('versions are exact, and the package brings no dependencies', () => {
  const { '': own } = packages;
  expect(about.dependencies).toBeUndefined();
  expect(about.optionalDependencies).toBeUndefined();
  expect(own?.devDependencies).toEqual(about.devDependencies);
  expect(Object.values(about.devDependencies ?? {}).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
