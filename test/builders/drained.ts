/** Waits until all that follows from what has happened, without time passing or real input, is done. */
export function drained(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
