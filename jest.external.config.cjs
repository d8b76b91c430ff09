/** Tests against programs that nobody here wrote: real ZooKeeper, Kafka's Java classes, librdkafka, kafka-python. Needs what .ci/run installs. */
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/external'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
  maxWorkers: 1,
};
