/** The controller: one broker that is there, with the newest epoch. */
import { valueOf } from '../../inspect/broker-facts';
import type { Picture } from '../../inspect/picture';
import { zookeeperOf } from '../../inspect/picture';
import type { ZooKeeperFacts } from '../../inspect/zookeeper-facts';
import { named, partitionName } from '../finding';
import type { Finding } from '../finding';

const WHY_NEEDED =
  'Without a controller no leader is elected, no topic is made or deleted, and no ISR can change.';

function missing({ controller, brokers }: ZooKeeperFacts): Finding[] {
  if (controller) return [];
  return [
    {
      severity: 'error',
      check: 'controller-missing',
      what: 'there is no controller',
      where: '/controller',
      evidence: `the znode is not there, or cannot be read; ${String(brokers.length)} broker(s) are registered`,
      why: WHY_NEEDED,
      mend:
        brokers.length === 0
          ? 'Start brokers.'
          : 'Brokers stand for election by themselves: if this lasts, their logs say why they do not.',
    },
  ];
}

function notRegistered({ controller, brokers }: ZooKeeperFacts): Finding[] {
  if (!controller) return [];
  const broker = brokers.find(({ id }) => id === controller.brokerId);
  if (broker?.session === controller.session) return [];
  const id = String(controller.brokerId);
  const hex = controller.session.toString(16);
  return [
    {
      severity: 'error',
      check: 'controller-not-registered',
      what: `broker ${id} holds /controller without being registered in the same session`,
      where: '/controller',
      evidence: broker
        ? `/controller belongs to session 0x${hex}, /brokers/ids/${id} to 0x${broker.session.toString(16)}`
        : `/controller belongs to session 0x${hex}; there is no /brokers/ids/${id}`,
      why: `Nobody may be acting on it (KAFKA-13407). ${WHY_NEEDED}`,
      mend: `If it lasts longer than the session time-out, restart broker ${id}; as a last means delete /controller, and all brokers stand again.`,
    },
  ];
}

function epochMissing({ controller, controllerEpoch }: ZooKeeperFacts): Finding[] {
  if (!controller || controllerEpoch !== undefined) return [];
  return [
    {
      severity: 'error',
      check: 'controller-epoch',
      what: 'there is a controller, but no controller epoch',
      where: '/controller_epoch',
      evidence: `/controller names broker ${String(controller.brokerId)}; /controller_epoch is not there, or holds no number`,
      why: 'Every write of the controller checks that znode: it can write nothing.',
      mend: 'Delete /controller: the next election makes /controller_epoch anew.',
    },
  ];
}

/** A leader epoch can only have been written under an epoch that was reached. */
function epochBehind({ controllerEpoch, topics }: ZooKeeperFacts): Finding[] {
  if (controllerEpoch === undefined) return [];
  const ahead = topics.flatMap(({ partitions }) =>
    partitions.filter(({ state }) => state && state.controllerEpoch > controllerEpoch),
  );
  if (ahead.length === 0) return [];
  const newest = Math.max(...ahead.map(({ state }) => state?.controllerEpoch ?? 0));
  return [
    {
      severity: 'error',
      check: 'controller-epoch',
      what: '/controller_epoch is behind the epochs that leaders were elected in',
      where: '/controller_epoch',
      evidence: `it says ${String(controllerEpoch)}; ${named(ahead.map(partitionName))} were written in epoch ${String(newest)}`,
      why: 'Brokers obey the highest controller epoch that they have seen: they refuse all that this controller says.',
      mend: `Set /controller_epoch to ${String(newest + 1)} and delete /controller, so that the next controller begins above it.`,
    },
  ];
}

/** The brokers' own word against ZooKeeper's. */
function disagreeing(picture: Picture): Finding[] {
  const controller = zookeeperOf(picture)?.controller;
  if (!controller) return [];
  const others = picture.brokers.flatMap(({ id, metadata }) => {
    const told = valueOf(metadata)?.controllerId;
    return told === undefined || told === controller.brokerId ? [] : [{ id, told }];
  });
  if (others.length === 0) return [];
  return [
    {
      severity: 'warning',
      check: 'controller-not-known',
      what: 'brokers do not know who is controller',
      where: named(others.map(({ id }) => `broker ${String(id)}`)),
      evidence: `/controller names broker ${String(controller.brokerId)}; in their metadata it is ${named(others.map(({ id, told }) => `${told < 0 ? 'nobody' : String(told)} (broker ${String(id)})`))}`,
      why: 'Clients that ask them send what changes topics to the wrong broker, and their view of leaders may be old.',
      mend: 'Right after an election this passes. If it lasts, the controller does not reach these brokers: its log says so; restart them otherwise.',
    },
  ];
}

export function checkController(picture: Picture): Finding[] {
  const facts = zookeeperOf(picture);
  const checks = [missing, notRegistered, epochMissing, epochBehind];
  return [...(facts ? checks.flatMap((check) => check(facts)) : []), ...disagreeing(picture)];
}
