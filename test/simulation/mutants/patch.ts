/** A change of the product's source, made while it is bundled for a test and nowhere else. */
export interface Patch {
  /** From the root of the repository. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** `source` with the patch. Throws if it does not apply: the product has changed, and the patch must follow. */
export function patched(source: string, { file, find, replace }: Patch): string {
  const first = source.indexOf(find);
  if (first < 0) throw new Error(`${file} does not have the text to patch:\n${find}`);
  if (source.includes(find, first + 1))
    throw new Error(`${file} has the text to patch more than once:\n${find}`);
  return source.slice(0, first) + replace + source.slice(first + find.length);
}
