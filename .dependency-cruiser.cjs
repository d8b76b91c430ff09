/** The direction of imports, as rules: each folder of src/ may import itself and earlier lines only. */

/** Lowest first. Folders on one line are neighbours: they meet through an interface the user declares. */
const LAYERS = [
  ['base'],
  ['platform'],
  ['protocol', 'config', 'metrics'],
  ['storage', 'network', 'zookeeper', 'metadata'],
  ['controller', 'coordinator', 'replication', 'security', 'perf', 'admin'],
  ['broker'],
  ['cluster'],
  ['cli'],
];

/** Each npm package has one folder that imports it, so that it can be replaced there. */
const PACKAGE_HOMES = {
  '@node-rs/crc32': 'src/protocol/',
  '@toondepauw/node-zstd': 'src/protocol/records/',
  commander: 'src/cli/',
  kafkajs: 'src/cli/',
  'lz4-napi': 'src/protocol/records/',
  'node-zookeeper-client': 'src/zookeeper/',
  snappy: 'src/protocol/records/',
  winston: 'src/platform/node/',
  yaml: 'src/cli/',
};

/** Folders that start whole clusters, ZooKeeper included. */
const SHELLS = ['cluster', 'cli'];

const oneOf = (folders) => `^src/(${folders.join('|')})/`;

/** Has a narrower rule of its own below. */
const NARROWER = ['perf', 'admin'];

const layerRules = LAYERS.flatMap((line, index) => {
  const lower = LAYERS.slice(0, index).flat();
  const beside = SHELLS.includes(line[0]) ? ['zookeeper-server'] : [];
  const folders = line.filter((folder) => !NARROWER.includes(folder));
  return folders.map((folder) => ({
    name: `layer-${folder}`,
    comment: `${folder} knows ${lower.join(', ') || 'nothing'} and itself: what lies above or beside it is handed to it through an interface that ${folder} declares.`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: '^src/', pathNot: oneOf([folder, ...lower, ...beside]) },
  }));
});

const packageRules = Object.entries(PACKAGE_HOMES).map(([name, home]) => ({
  name: `package-${name}`,
  comment: `Only ${home} imports ${name}, so that replacing the package changes one folder.`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^${home}` },
  to: { path: `(^|/)node_modules/${name}/` },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'layer-zookeeper-server',
      comment:
        'The embedded ZooKeeper server stands aside: it shares no code with the brokers, so that a mistake in one does not hide the same mistake in the other.',
      severity: 'error',
      from: { path: '^src/zookeeper-server/' },
      to: { path: '^src/', pathNot: oneOf(['base', 'platform', 'zookeeper-server']) },
    },
    {
      name: 'layer-perf',
      comment:
        'perf measures brokers from outside, as any Kafka client: it shares the protocol and the network with them, and nothing of how they work.',
      severity: 'error',
      from: { path: '^src/perf/' },
      to: { path: '^src/', pathNot: oneOf(['base', 'platform', 'protocol', 'network', 'perf']) },
    },
    {
      name: 'layer-admin',
      comment:
        'admin asks any Kafka what an administrator wants to know: it shares the protocol and the network with the brokers, and nothing of how they work.',
      severity: 'error',
      from: { path: '^src/admin/' },
      to: { path: '^src/', pathNot: oneOf(['base', 'platform', 'protocol', 'network', 'admin']) },
    },
    {
      name: 'only-shells-use-the-embedded-server',
      comment: 'Brokers speak to ZooKeeper over the network, whichever server it is.',
      severity: 'error',
      from: { path: '^src/', pathNot: oneOf(['zookeeper-server', ...SHELLS]) },
      to: { path: '^src/zookeeper-server/' },
    },
    {
      name: 'one-door-outside',
      comment:
        'Clock, random, files and network come in through a Platform; only the outermost folders make the real one.',
      severity: 'error',
      from: { path: '^src/', pathNot: oneOf(['platform/node', ...SHELLS]) },
      to: { path: '^src/platform/node/' },
    },
    {
      name: 'state-is-pure',
      comment:
        'Decisions run in memory, in microseconds, without mocks: state/ folders import no package, nothing of Node, and no code that does I/O.',
      severity: 'error',
      from: { path: '^src/.+/state/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that import each other are one file in disguise.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'known-folders-only',
      comment: 'A new folder of src/ gets its place in LAYERS first.',
      severity: 'error',
      from: { path: '^src/', pathNot: oneOf([...LAYERS.flat(), 'zookeeper-server']) },
      to: {},
    },
    {
      name: 'declared-packages-only',
      comment:
        'The published package installs what package.json lists under dependencies, nothing else.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
    ...packageRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.cjs', '.json'] },
    parser: 'swc',
  },
};
