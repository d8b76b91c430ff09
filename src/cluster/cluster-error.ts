/** A cluster that cannot be started or used as asked, in words for whoever asked. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}
