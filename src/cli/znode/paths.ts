/** Paths of znodes, as people type them and as ZooKeeper takes them. */

/** `/a/b`, from what people type: with or without slashes at its ends. */
export function normalise(path: string): string {
  return `/${path
    .split('/')
    .filter((name) => name !== '')
    .join('/')}`;
}

export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

export function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Numbers by their value, as broker ids and partitions are. */
export function byName(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** How many names the path has; none for the root. */
export function levelOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}
