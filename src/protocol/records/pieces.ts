/**
 * Compresses and decompresses in pieces, with the help of the thread pool. What the libraries of snappy and lz4 (napi-rs with
 * mimalloc) give back is memory of the thread that made it; when the event loop's thread frees a large piece of it, it
 * does not return. So only small pieces are made in the pool, and copied out.
 */

/** More than this is never taken from the thread pool in one piece. */
export const MAX_POOL_BYTES = 256 * 1024;
/** To hand very much to the thread pool, and to copy what comes back, would hold up everything else. */
const BYTES_AT_ONCE = 1024 * 1024;
const PIECES_AT_ONCE = 16;

/** What can be decompressed for itself. */
export interface Piece {
  readonly data: Buffer;
  /** The most bytes that can come out of it. */
  readonly mostBytes: number;
}

export interface PieceCodec {
  now(data: Buffer): Buffer;
  inPool(data: Buffer): Promise<Buffer>;
  /** Resolves after a trip to the thread pool with next to nothing, so that other work has its turn. */
  turn(): Promise<unknown>;
}

/** The data in parts of `partBytes`; the last one may be smaller. */
export function partsOf(data: Buffer, partBytes: number): Buffer[] {
  const count = Math.ceil(data.length / partBytes);
  return Array.from({ length: count }, (_, index) =>
    data.subarray(index * partBytes, (index + 1) * partBytes),
  );
}

/** What becomes of each part in the thread pool, in their order, some at once. Rejects as `compress`. */
export async function* compressParts(
  parts: readonly Buffer[],
  compress: (part: Buffer) => Promise<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  for (let first = 0; first < parts.length; first += PIECES_AT_ONCE) {
    yield* await Promise.all(
      parts.slice(first, first + PIECES_AT_ONCE).map((part) => compress(part)),
    );
  }
}

/** What comes out of the pieces, in their order, small ones some at once. Rejects as `decompressPiece`. */
export async function* decompressPieces(
  pieces: Iterable<Piece>,
  codec: PieceCodec,
): AsyncGenerator<Buffer, void, void> {
  for (const set of setsOf(pieces)) {
    yield* await Promise.all(set.map((piece) => decompressPiece(piece, codec)));
  }
}

/**
 * A large piece holds up everything else, for a millisecond or more for each megabyte; other work has its turn before.
 * Rejects with what the codec says of damaged data.
 */
export async function decompressPiece(piece: Piece, codec: PieceCodec): Promise<Buffer> {
  if (!isLarge(piece)) return codec.inPool(piece.data);
  await codec.turn();
  return codec.now(piece.data);
}

function isLarge(piece: Piece): boolean {
  return piece.mostBytes > MAX_POOL_BYTES;
}

/** Those that are worked on at once: some small ones, or one large one. */
function* setsOf(pieces: Iterable<Piece>): Generator<Piece[], void, void> {
  let set: Piece[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const isFull = set.length === PIECES_AT_ONCE || bytes + piece.mostBytes > BYTES_AT_ONCE;
    if (set.length > 0 && (isFull || isLarge(piece) || set.some(isLarge))) {
      yield set;
      set = [];
      bytes = 0;
    }
    set.push(piece);
    bytes += piece.mostBytes;
  }
  if (set.length > 0) yield set;
}
