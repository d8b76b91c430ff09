/**
 * A doubly linked list whose members keep their own links, so that taking one out costs the same wherever it
 * is, and a member that is out refers to nothing that is still in.
 */

export class Link<T> {
  /** Both are the link itself while it is in no list. */
  previous: Link<T> = this;
  next: Link<T> = this;

  constructor(readonly value: T) {}

  get isLinked(): boolean {
    return this.next !== this;
  }

  /** Takes it out of its list; does nothing if it is in none. */
  unlink(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }
}

export class LinkedList<T> {
  /** Closes the ring; the only link without a value. */
  readonly #end = new Link<T | undefined>(undefined);

  get isEmpty(): boolean {
    return !this.#end.isLinked;
  }

  /** Appends `link`, which must be in no list. */
  push(link: Link<T>): void {
    const added: Link<T | undefined> = link;
    added.previous = this.#end.previous;
    added.next = this.#end;
    this.#end.previous.next = added;
    this.#end.previous = added;
  }

  /** Takes the first one out. */
  shift(): T | undefined {
    const first = this.#end.next;
    first.unlink();
    return first.value;
  }

  /** Those that are in now; the list may change meanwhile. */
  values(): T[] {
    const values: T[] = [];
    for (let link = this.#end.next; link.value !== undefined; link = link.next) {
      values.push(link.value);
    }
    return values;
  }
}
