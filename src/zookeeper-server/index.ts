/** The embedded ZooKeeper server. */
export { ZooKeeperServerError } from './errors';
export { ZooKeeperServer } from './server';
export type { ZooKeeperServerOptions } from './server';
