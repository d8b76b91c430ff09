module.exports = {
  test: { globalSetup: './start-cluster.mjs', include: ['*.test.mjs'], testTimeout: 30_000 },
};
