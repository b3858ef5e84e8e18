/** The files that containers see: those of their image, those mounted, and volumes, which may outlive the program. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files by a path of their own. */
export interface Folder {
  read(path: string): string | undefined;
  write(path: string, content: string): void;
  append(path: string, content: string): void;
  /** Paths of all files. */
  list(): readonly string[];
}

export function memoryFolder(initial: Iterable<readonly [string, string]> = []): Folder {
  const files = new Map(initial);
  return {
    read: (path) => files.get(path),
    write: (path, content) => void files.set(path, content),
    append: (path, content) => void files.set(path, `${files.get(path) ?? ''}${content}`),
    list: () => [...files.keys()],
  };
}

/** No name that is encoded ends so. */
const partial = '%';

/** The old content or the new one, whenever a kill comes. */
export function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}${partial}`, content);
  renameSync(`${file}${partial}`, file);
}

/** What was written is with the system when `write` and `append` return, so that a kill loses nothing. */
function diskFolder(directory: string): Folder {
  const place = (path: string) => join(directory, encodeURIComponent(path));
  const made = () => mkdirSync(directory, { recursive: true });
  return {
    read(path) {
      try {
        return readFileSync(place(path), 'utf8');
      } catch {
        return undefined;
      }
    },
    write(path, content) {
      made();
      writeWhole(place(path), content);
    },
    append(path, content) {
      made();
      appendFileSync(place(path), content);
    },
    list() {
      try {
        return readdirSync(directory)
          .filter((name) => !name.endsWith(partial))
          .map(decodeURIComponent);
      } catch {
        return [];
      }
    },
  };
}

export interface Volumes {
  /** Identities may have parts: `POD/VOLUME`. */
  of(id: string): Folder;
  /** The volume of that identity, or all below it. */
  forget(id: string): void;
  /** Where a store that keeps files of its own may put them; undefined when nothing is kept. */
  place(id: string): string | undefined;
}

/** @param directory where volumes are, a pod's own ones too: a sandbox that starts again goes on with its pods. In memory without. */
export function createVolumes(directory?: string): Volumes {
  const folders = new Map<string, Folder>();
  const place = (id: string) =>
    directory === undefined ? undefined : join(directory, ...id.split('/').map(encodeURIComponent));
  return {
    of(id) {
      const path = place(id);
      const folder = folders.get(id) ?? (path === undefined ? memoryFolder() : diskFolder(path));
      folders.set(id, folder);
      return folder;
    },
    forget(id) {
      for (const known of folders.keys()) if (known === id || known.startsWith(`${id}/`)) folders.delete(known);
      const path = place(id);
      if (path !== undefined) rmSync(path, { recursive: true, force: true });
    },
    place,
  };
}

export interface Mount {
  readonly path: string;
  readonly folder: Folder;
}

/** One tree out of what a container has: mounted files cannot be changed, volumes stand before the image. */
export function fileTree(mounted: ReadonlyMap<string, string>, mounts: readonly Mount[], image: Folder): Folder {
  const longestFirst = [...mounts].sort((a, b) => b.path.length - a.path.length);
  const at = (path: string): readonly [Folder, string] => {
    const mount = longestFirst.find((each) => path.startsWith(`${each.path}/`));
    return mount ? [mount.folder, path.slice(mount.path.length + 1)] : [image, path];
  };
  return {
    read(path) {
      const [folder, rest] = at(path);
      return mounted.get(path) ?? folder.read(rest);
    },
    write(path, content) {
      const [folder, rest] = at(path);
      folder.write(rest, content);
    },
    append(path, content) {
      const [folder, rest] = at(path);
      folder.append(rest, content);
    },
    list: () => [
      ...mounted.keys(),
      ...mounts.flatMap(({ path, folder }) => folder.list().map((rest) => `${path}/${rest}`)),
      ...image.list(),
    ],
  };
}
