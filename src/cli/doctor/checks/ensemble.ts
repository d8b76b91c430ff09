/** The ZooKeeper ensemble, server by server. */
import type { EnsembleServer } from '../../inspect/ensemble';
import type { Picture } from '../../inspect/picture';
import { counted, named } from '../finding';
import type { Finding } from '../finding';

/** ZooKeeper answers in a few milliseconds; a session of Kafka's default 18 s is in danger long before it ends. */
const SLOW_AVERAGE_MS = 100;
const MANY_OUTSTANDING = 100;
const IN_ORDER = 'imok';

function nameOf({ host, port }: EnsembleServer): string {
  return `${host}:${String(port)}`;
}

/** Says whether the server serves, whichever of its words it allows. */
function isServing({ mode }: EnsembleServer): boolean {
  return mode !== undefined;
}

function unreachable({ zookeeper }: Picture): Finding[] {
  if ('value' in zookeeper) return [];
  return [
    {
      severity: 'error',
      check: 'zookeeper-unreachable',
      what: 'ZooKeeper could not be read',
      where: 'ZooKeeper',
      evidence: zookeeper.problem,
      why: 'Without ZooKeeper there is no controller: no leader is elected, no topic is made, no ISR changes. What this doctor reads there was not looked at.',
      mend: 'Start its servers, or give the right address with --zookeeper host:port,…/chroot.',
    },
  ];
}

function deadServers({ ensemble }: Picture): Finding[] {
  return ensemble.flatMap((server): Finding[] => {
    if (server.problem === undefined) return [];
    return [
      {
        severity: 'error',
        check: 'zookeeper-server-down',
        what: 'a ZooKeeper server cannot be reached',
        where: nameOf(server),
        evidence: server.problem,
        why: 'An ensemble stands while more than half of its servers do; each one lost brings that nearer.',
        mend: 'Start the server, or mend the network to it from here.',
      },
    ];
  });
}

function notServing({ ensemble }: Picture): Finding[] {
  return ensemble.flatMap((server): Finding[] => {
    const isAsked = server.problem === undefined && !server.refusedWords.includes('srvr');
    const isIll = server.ruok !== undefined && server.ruok !== IN_ORDER;
    if (!isAsked || (isServing(server) && !isIll)) return [];
    return [
      {
        severity: 'error',
        check: 'zookeeper-not-serving',
        what: 'a ZooKeeper server runs without serving',
        where: nameOf(server),
        evidence: `ruok: ${server.ruok ?? 'not allowed'}; srvr: ${server.mode ?? 'no mode'}`,
        why: 'It has no quorum with the others: it answers no client.',
        mend: 'See that its myid and server.N lines fit the others, and that it reaches their quorum and election ports.',
      },
    ];
  });
}

/** Several servers that each stand alone, or two leaders, are not one ensemble. */
function splitEnsemble({ ensemble }: Picture): Finding[] {
  const heads = ensemble.filter(({ mode }) => mode === 'leader' || mode === 'standalone');
  if (ensemble.length < 2 || heads.length < 2) return [];
  return [
    {
      severity: 'error',
      check: 'zookeeper-split',
      what: 'the servers named are not one ensemble',
      where: named(heads.map(nameOf)),
      evidence: heads.map((each) => `${nameOf(each)} is ${each.mode ?? ''}`).join('; '),
      why: 'Brokers on different ones keep different truths: each side may elect leaders of the same partitions.',
      mend: 'Give every server the same server.N lines, or name in zookeeper.connect those of one ensemble only.',
    },
  ];
}

function noLeader({ ensemble }: Picture): Finding[] {
  const answering = ensemble.filter(isServing);
  const hasHead = answering.some(({ mode }) => mode === 'leader' || mode === 'standalone');
  // One of several may be the leader and not be named: that is known only if all were asked.
  const isWhole = ensemble.length > 1 && answering.length === ensemble.length;
  if (hasHead || !isWhole) return [];
  return [
    {
      severity: 'warning',
      check: 'zookeeper-leader-not-named',
      what: 'the leader of the ensemble is not among the servers named',
      where: named(ensemble.map(nameOf)),
      evidence: answering.map((each) => `${nameOf(each)} is ${each.mode ?? ''}`).join('; '),
      why: 'Brokers cannot go over to the servers that are not named when those named fail.',
      mend: 'Name all servers of the ensemble in zookeeper.connect.',
    },
  ];
}

function laggingLearners({ ensemble }: Picture): Finding[] {
  return ensemble.flatMap((server): Finding[] => {
    const { learners, syncedLearners, mode } = server;
    if (mode !== 'leader' || learners === undefined || syncedLearners === undefined) return [];
    if (syncedLearners >= learners) return [];
    return [
      {
        severity: 'warning',
        check: 'zookeeper-follower-behind',
        what: `${counted(learners - syncedLearners, 'ZooKeeper follower')} not in step with the leader`,
        where: nameOf(server),
        evidence: `mntr: ${String(syncedLearners)} synced of ${String(learners)} connected`,
        why: 'A follower that is behind cannot take over, and does not count for the quorum.',
        mend: 'Look at its disk and its network; its log says what it waits for.',
      },
    ];
  });
}

function slowServers({ ensemble }: Picture): Finding[] {
  return ensemble.flatMap((server): Finding[] => {
    const { averageLatencyMs = 0, maxLatencyMs = 0, outstanding = 0 } = server;
    if (averageLatencyMs < SLOW_AVERAGE_MS && outstanding < MANY_OUTSTANDING) return [];
    return [
      {
        severity: 'warning',
        check: 'zookeeper-slow',
        what: 'a ZooKeeper server is slow',
        where: nameOf(server),
        evidence: `srvr: latency ${String(averageLatencyMs)} ms on average, ${String(maxLatencyMs)} ms at most; ${counted(outstanding, 'request')} outstanding`,
        why: 'Brokers lose their sessions when ZooKeeper does not answer in time, and then their leaders move.',
        mend: 'Give its transaction log (dataLogDir) a fast disk of its own, and the process enough memory not to swap.',
      },
    ];
  });
}

function alone({ ensemble }: Picture): Finding[] {
  const [server] = ensemble;
  if (ensemble.length !== 1 || server?.mode !== 'standalone') return [];
  return [
    {
      severity: 'note',
      check: 'zookeeper-alone',
      what: 'ZooKeeper is one server',
      where: nameOf(server),
      evidence: 'srvr: Mode: standalone',
      why: 'While it is away nothing can be coordinated; if its disk is lost, so is the cluster.',
      mend: 'In production run three or five servers.',
    },
  ];
}

function silentWords({ ensemble }: Picture): Finding[] {
  const refusing = ensemble.filter(({ refusedWords }) => refusedWords.includes('mntr'));
  if (refusing.length === 0) return [];
  return [
    {
      severity: 'note',
      check: 'zookeeper-words-not-allowed',
      what: 'ZooKeeper does not say how its followers are',
      where: named(refusing.map(nameOf)),
      evidence: 'mntr is not in 4lw.commands.whitelist',
      why: 'Whether followers are in step was not looked at.',
      mend: 'Set 4lw.commands.whitelist=ruok,srvr,mntr on each server.',
    },
  ];
}

export function checkEnsemble(picture: Picture): Finding[] {
  const checks = [
    unreachable,
    deadServers,
    notServing,
    splitEnsemble,
    noLeader,
    laggingLearners,
    slowServers,
    alone,
    silentWords,
  ];
  return checks.flatMap((check) => check(picture));
}
