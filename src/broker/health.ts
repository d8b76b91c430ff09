/** How far a broker has come, and whether clients should be sent to it. */

/** As Kafka numbers the states of a broker (`org.apache.kafka.metadata.BrokerState`). */
export const BROKER_PHASES = {
  starting: 1,
  recovery: 2,
  running: 3,
  pendingControlledShutdown: 6,
  shuttingDown: 7,
} as const;

export type BrokerPhase = keyof typeof BROKER_PHASES;

export interface BrokerCondition {
  readonly phase: BrokerPhase;
  /** Logs that are still to be loaded. */
  readonly remainingLogs: number;
  /** In a session of ZooKeeper that has not expired, as far as the broker knows. */
  readonly isRegistered: boolean;
  /** Some broker is controller, and has told this one what the cluster is like. */
  readonly knowsController: boolean;
}

/** Why clients should not be sent to the broker, for people; empty when they should. */
export function unreadyReasons(condition: BrokerCondition): readonly string[] {
  switch (condition.phase) {
    case 'recovery':
      return [`the logs are being loaded, ${String(condition.remainingLogs)} are left`];
    case 'starting':
      return ['the broker is starting'];
    case 'pendingControlledShutdown':
    case 'shuttingDown':
      return ['the broker is stopping'];
    case 'running':
      return [
        ...(condition.isRegistered ? [] : ['the broker is not registered in ZooKeeper']),
        ...(condition.knowsController ? [] : ['no controller is known']),
      ];
  }
}
