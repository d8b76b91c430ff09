import type { LinkQuality, Wire } from '../network/wire';

/** From one machine to another. */
export type Link = readonly [from: string, to: string];

export function bothWays(one: string, others: readonly string[]): Link[] {
  return others.flatMap((other): Link[] => [
    [one, other],
    [other, one],
  ]);
}

/** Cuts links, and gives what mends them. */
export function cutLinks(wire: Wire, links: readonly Link[]): () => void {
  for (const [from, to] of links) wire.cut(from, to);
  return () => {
    for (const [from, to] of links) wire.mend(from, to);
  };
}

/** Gives links another quality, and gives what makes them as usual again. */
export function changeLinks(wire: Wire, links: readonly Link[], quality: LinkQuality): () => void {
  for (const [from, to] of links) wire.setQuality(from, to, quality);
  return () => {
    for (const [from, to] of links) wire.setQuality(from, to, undefined);
  };
}
