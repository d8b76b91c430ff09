/** One cluster for the whole run: started before all files of tests, stopped after them. */
module.exports = {
  testEnvironment: 'node',
  rootDir: __dirname,
  testMatch: ['<rootDir>/*.test.cjs'],
  globalSetup: '<rootDir>/start-cluster.cjs',
  globalTeardown: '<rootDir>/stop-cluster.cjs',
  testTimeout: 30_000,
};
