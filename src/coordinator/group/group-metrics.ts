/** What can be read off the groups that are coordinated here (Kafka's `GroupMetadataManager`). */
import type { MetricsRegistry } from '../../metrics/registry';
import type { LiveGroup } from './live-group';
import type { GroupState } from './state/group';

const SHOWN = {
  Empty: 'numgroupsempty',
  PreparingRebalance: 'numgroupspreparingrebalance',
  CompletingRebalance: 'numgroupscompletingrebalance',
  Stable: 'numgroupsstable',
  Dead: 'numgroupsdead',
} as const satisfies Record<GroupState, string>;

export function observeGroups(registry: MetricsRegistry, groups: () => readonly LiveGroup[]): void {
  registry.gauge('kafka_coordinator_group_groupmetadatamanager_numgroups', () => groups().length);
  for (const [state, name] of Object.entries(SHOWN)) {
    registry.gauge(`kafka_coordinator_group_groupmetadatamanager_${name}`, () => {
      return groups().filter(({ group }) => group.state === state).length;
    });
  }
  registry.gauge('kafka_coordinator_group_groupmetadatamanager_numoffsets', () => {
    return groups().reduce((sum, { offsets }) => sum + offsets.size, 0);
  });
}
