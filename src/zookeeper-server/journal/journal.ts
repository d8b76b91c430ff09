/** Where transactions go before anybody hears of them. */
import type { Transaction } from '../transaction';

export interface Journal {
  /** Takes a transaction; it is durable some time after. */
  append(transaction: Transaction): void;
  /** Runs `action` once everything appended so far is durable, in the order of the calls; at once if it already is. */
  whenDurable(action: () => void): void;
  /** Makes durable what was appended and lets go of all files. */
  close(): Promise<void>;
}

/** Keeps nothing: state lives as long as the process. */
export const memoryJournal: Journal = {
  append: () => undefined,
  whenDurable: (action) => action(),
  close: () => Promise.resolve(),
};
