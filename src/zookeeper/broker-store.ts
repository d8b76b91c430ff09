import type { BrokerInfo, BrokerRegistration, RegistrationResult } from './types';

/** `/brokers/ids`: who is alive. */
export declare class BrokerStore {
  /** Checked ephemeral create (Kafka's `CheckedEphemeral`). */
  register(registration: BrokerRegistration): Promise<RegistrationResult>;
  /** Rewrites the own registration, whose listeners changed. */
  update(registration: BrokerRegistration): Promise<void>;
  broker(id: number): Promise<BrokerInfo | undefined>;
  /** All registered brokers by id, read in parallel. Unparsable ones are left out with a warning. */
  all(): Promise<Map<number, BrokerInfo>>;
  ids(): Promise<number[]>;
  /** Runs when a broker comes or goes; `all` and `ids` arm it. */
  watchIds(handler: () => void): void;
  unwatchIds(): void;
  /** Registers and arms; runs when the registration's data changes (not when the broker goes). `broker(id)` and `all` re-arm. */
  watchBroker(id: number, handler: () => void): Promise<void>;
  unwatchBroker(id: number): void;
}
