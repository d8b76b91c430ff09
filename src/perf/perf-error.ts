/** Why a measurement cannot begin or go on; the message is written for whoever runs it. */
export class PerfError extends Error {
  override readonly name = 'PerfError';
}
