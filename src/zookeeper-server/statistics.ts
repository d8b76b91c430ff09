/** Counts of packets and latencies, of one connection or of the server, as the four-letter words print them. */
export class Statistics {
  received = 0;
  sent = 0;
  #answered = 0;
  #totalMs = 0;
  #minMs = Infinity;
  #maxMs = 0;

  /** Notes an answer that left `latencyMs` after its request had come. */
  noteAnswer(latencyMs: number): void {
    this.sent++;
    this.#answered++;
    this.#totalMs += latencyMs;
    this.#minMs = Math.min(this.#minMs, latencyMs);
    this.#maxMs = Math.max(this.#maxMs, latencyMs);
  }

  get minLatencyMs(): number {
    return this.#answered === 0 ? 0 : Math.floor(this.#minMs);
  }

  get maxLatencyMs(): number {
    return Math.floor(this.#maxMs);
  }

  get averageLatencyMs(): number {
    return this.#answered === 0 ? 0 : this.#totalMs / this.#answered;
  }
}
