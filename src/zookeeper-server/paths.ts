/** Paths of znodes: what is valid (org.apache.zookeeper.common.PathUtils), parents and names. */
import { Refusal } from './errors';

/** Control characters, surrogates, private use and specials: what PathUtils calls an invalid character. */
const INVALID_CHARACTER = /[\u0000-\u001f\u007f-\u009f\ud800-\uf8ff\ufff0-\uffff]/;
const EMPTY_OR_RELATIVE_NAME = /\/(\.{0,2})(\/|$)/;

/** Says what is wrong with `path`, if anything. */
export function pathProblem(path: string): string | undefined {
  if (path === '/') return undefined;
  if (!path.startsWith('/')) return 'does not start with /';
  if (path.endsWith('/')) return 'ends with /';
  if (EMPTY_OR_RELATIVE_NAME.test(path)) return 'has an empty or relative name';
  if (INVALID_CHARACTER.test(path)) return 'has an invalid character';
  return undefined;
}

/** Refuses an invalid path with BAD_ARGUMENTS. */
export function checkPath(path: string): void {
  const problem = pathProblem(path);
  if (problem) throw new Refusal('BAD_ARGUMENTS', `${path} ${problem}`);
}

/** The parent of a valid path other than `/`. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? '/' : path.slice(0, slash);
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
