import { MigrationInProgressError, MultiError } from './errors';
import {
  type StoreContext,
  childrenIfExists,
  createRecursive,
  decodeOrWarn,
  ignoring,
  pipelined,
  readIfExists,
} from './operations';
import { parseEntityPath } from './entity-path';
import { ANY_VERSION, type Operation } from './session';
import type { ConfigEntity, ConfigEntityType, ConfigValues } from './types';
import { config, configChange, configEntities, controller, userClients } from './znodes';

/** Each further attempt needs the controller to change, or the node to come or go, in between. */
const MAX_ATTEMPTS = 10;

/** `/config`: settings of topics, brokers and quota entities, and the announcements of their changes. */
export class ConfigStore {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** Empty if there is no such node, or one without data. Throws `ZnodeFormatError`. */
  async get(entity: ConfigEntity): Promise<ConfigValues> {
    const path = config.path(entity);
    const found = await readIfExists(this.#context.session, path);
    return found?.data ? config.decode(found.data, path) : {};
  }

  /** Settings of each of `names` (empty where there is no node), read in parallel; unreadable ones count as empty, with a warning. */
  async topics(names: readonly string[]): Promise<Map<string, ConfigValues>> {
    const found = await pipelined(names, async (name) => {
      const entity: ConfigEntity = { type: 'topics', name };
      const path = config.path(entity);
      const node = await readIfExists(this.#context.session, path);
      const data = node?.data;
      return data ? decodeOrWarn(this.#context.log, () => config.decode(data, path)) : undefined;
    });
    return new Map(names.map((name, i) => [name, found[i] ?? {}]));
  }

  /** All entities of a type that have a node; for users also their clients. Ill-named nodes are left out with a warning. */
  async entities(type: ConfigEntityType): Promise<ConfigEntity[]> {
    const names = await this.#children(configEntities.path(type), type);
    if (type !== 'users') return names;
    const clients = await pipelined(names, ({ name }) =>
      this.#children(userClients.path(name), userClients.path(name).slice('/config/'.length)),
    );
    return [...names, ...clients.flat()];
  }

  /** Replaces an entity's settings and announces it to all brokers. Throws `MigrationInProgressError`. */
  async set(entity: ConfigEntity, values: ConfigValues): Promise<void> {
    await this.#write(config.path(entity), config.encode(values));
    await this.#context.session.create(
      configChange.path(),
      configChange.encode(entity),
      'persistent-sequential',
    );
  }

  async #children(path: string, entityPrefix: string): Promise<ConfigEntity[]> {
    const names = await childrenIfExists(this.#context.session, path);
    return names.flatMap((name) => {
      const entity = decodeOrWarn(this.#context.log, () =>
        parseEntityPath(`${entityPrefix}/${name}`, `${path}/${name}`),
      );
      return entity ? [entity] : [];
    });
  }

  async #write(path: string, data: Buffer): Promise<void> {
    const { session } = this.#context;
    for (let attempt = 1; ; attempt++) {
      const guard = await this.#controllerGuard();
      const node = await session.exists(path);
      if (!node) await this.#ensureParent(path);
      const write: Operation = node
        ? { type: 'set', path, data, version: ANY_VERSION }
        : { type: 'create', path, data, mode: 'persistent' };
      try {
        await session.multi([...guard, write]);
        return;
      } catch (error) {
        const isOvertaken = error instanceof MultiError && OVERTAKEN.has(error.code);
        if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #ensureParent(path: string): Promise<void> {
    const parent = path.slice(0, path.lastIndexOf('/'));
    await ignoring('NODE_EXISTS', createRecursive(this.#context.session, parent, null));
  }

  /** Settings must not be written while, or after, a KRaft controller takes over: the write checks that the controller is still the same. */
  async #controllerGuard(): Promise<Operation[]> {
    const path = controller.path();
    const found = await readIfExists(this.#context.session, path);
    if (!found) return [];
    const holder = decodeOrWarn(this.#context.log, () => controller.decode(found.data, path));
    if (holder && holder.kraftControllerEpoch > 0) throw new MigrationInProgressError();
    return [{ type: 'check', path, version: found.stat.version }];
  }
}

const OVERTAKEN: ReadonlySet<string> = new Set(['BAD_VERSION', 'NO_NODE', 'NODE_EXISTS']);
