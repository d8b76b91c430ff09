/** One broker of a cluster, whichever way it runs. */

/** A broker's settings as its properties file would have them. */
export type BrokerProperties = Readonly<Record<string, string>>;

export interface RunningBroker {
  /** Where clients connect: the port really bound. */
  readonly port: number;
  /** Where its metrics and health pages are, if they are served. */
  readonly metricsPort: number | undefined;
  /** Of the process it runs in. */
  readonly pid: number;
  /** Hands its leaders over, flushes, and ends. */
  stop(): Promise<void>;
  /** Ends as if the machine had lost power: nothing is handed over or said to ZooKeeper. */
  kill(): Promise<void>;
}

/** Starts a broker; resolves once it serves. */
export type LaunchBroker = (properties: BrokerProperties) => Promise<RunningBroker>;
