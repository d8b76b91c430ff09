import { Command } from 'commander';

import { withPlaceOptions } from '../../src/cli/arguments';
import type { PlaceOptions } from '../../src/cli/arguments';
import type { Context, ContextFile } from '../../src/cli/contexts';
import type { OperatorError } from '../../src/cli/failure';
import { resolveEitherTarget, resolveTarget } from '../../src/cli/target';
import type { GivenTarget, Surroundings } from '../../src/cli/target';

const context = (name: string, given: Partial<Context>): Context => ({
  name,
  bootstrapServers: undefined,
  zookeeper: undefined,
  properties: {},
  ...given,
});

const CONTEXTS = new Map(
  [
    context('prod', {
      bootstrapServers: 'prod:9092',
      zookeeper: 'prod:2181',
      properties: { a: '1' },
    }),
    context('test', { bootstrapServers: 'test:9092' }),
  ].map((each) => [each.name, each]),
);

function surroundings(
  env: Readonly<Record<string, string>>,
  current: string | undefined,
  isFileRead = { count: 0 },
): Surroundings {
  return {
    env,
    readContexts: (): ContextFile => {
      isFileRead.count += 1;
      return { path: '/config.yaml', current, contexts: CONTEXTS };
    },
    readProperties: () => ({ b: '2' }),
  };
}

const ENV = { ODRADEK_BOOTSTRAP_SERVERS: 'env:9092', ODRADEK_ZOOKEEPER: 'env:2181' };

test.each`
  flags                                             | env                            | current      | address             | properties            | because
  ${{}}                                             | ${{}}                          | ${undefined} | ${'127.0.0.1:9092'} | ${{}}                 | ${'nothing is said'}
  ${{}}                                             | ${{}}                          | ${'prod'}    | ${'prod:9092'}      | ${{ a: '1' }}         | ${'the context in use says it'}
  ${{}}                                             | ${ENV}                         | ${'prod'}    | ${'env:9092'}       | ${{}}                 | ${'the environment goes before the context, and takes nothing of it'}
  ${{ bootstrapServer: 'flag:9092' }}               | ${ENV}                         | ${'prod'}    | ${'flag:9092'}      | ${{}}                 | ${'a flag goes before all'}
  ${{ context: 'test' }}                            | ${ENV}                         | ${'prod'}    | ${'test:9092'}      | ${{}}                 | ${'a context named by flag is a flag'}
  ${{ context: 'prod', bootstrapServer: 'flag:1' }} | ${{}}                          | ${undefined} | ${'flag:1'}         | ${{ a: '1' }}         | ${'the named context fills in the rest'}
  ${{}}                                             | ${{ ODRADEK_CONTEXT: 'test' }} | ${'prod'}    | ${'test:9092'}      | ${{}}                 | ${'the environment names the context'}
  ${{}}                                             | ${{ ODRADEK_CONTEXT: '' }}     | ${'prod'}    | ${'prod:9092'}      | ${{ a: '1' }}         | ${'an empty variable says nothing'}
  ${{ commandConfig: 'file' }}                      | ${{}}                          | ${'prod'}    | ${'prod:9092'}      | ${{ a: '1', b: '2' }} | ${'properties of a file come on top'}
`('$flags, $env, current $current: $because', ({ flags, env, current, address, properties }) => {
  const target = resolveTarget('bootstrapServer', flags as GivenTarget, surroundings(env, current));
  expect(target).toEqual({ bootstrapServer: address, properties });
});

test('the file of contexts is not read where an address was given', () => {
  const isRead = { count: 0 };
  resolveTarget('zookeeper', { zookeeper: 'x:1' }, surroundings({}, 'prod', isRead));
  expect(isRead.count).toBe(0);
});

test.each`
  flags                  | message                                                                                                     | exit
  ${{ context: 'test' }} | ${'context test has no zookeeper: give --zookeeper, or add it with odradek context set test --zookeeper …'} | ${'failure'}
  ${{ context: 'nope' }} | ${'there is no context nope in /config.yaml: there are prod, test'}                                         | ${'notFound'}
`('$flags: this machine is not taken for another cluster', ({ flags, message, exit }) => {
  const resolve = (): unknown =>
    resolveTarget('zookeeper', flags as GivenTarget, surroundings({}, undefined));
  expect(resolve).toThrow(expect.objectContaining({ message, exit }) as OperatorError);
});

test.each`
  flags                                    | env                                  | current      | expected                                                    | because
  ${{}}                                    | ${{}}                                | ${undefined} | ${{ bootstrapServer: '127.0.0.1:9092' }}                    | ${'nothing is said'}
  ${{}}                                    | ${{}}                                | ${'prod'}    | ${{ bootstrapServer: 'prod:9092', zookeeper: 'prod:2181' }} | ${'the context has both'}
  ${{}}                                    | ${{ ODRADEK_ZOOKEEPER: 'env:2181' }} | ${'prod'}    | ${{ zookeeper: 'env:2181' }}                                | ${'brokers of the context may be of another cluster'}
  ${{ bootstrapServer: 'flag:1' }}         | ${ENV}                               | ${'prod'}    | ${{ bootstrapServer: 'flag:1' }}                            | ${'and so may what the environment says'}
  ${{ context: 'prod', zookeeper: 'z:1' }} | ${ENV}                               | ${'test'}    | ${{ bootstrapServer: 'prod:9092', zookeeper: 'z:1' }}       | ${'a named context fills in what is missing'}
`('either address, $flags, $env, current $current: $because', (row) => {
  const { properties: _, ...addresses } = resolveEitherTarget(
    row.flags as GivenTarget,
    surroundings(row.env, row.current),
  );
  expect(addresses).toEqual(row.expected);
});

test('a command gets what was filled in as options', async () => {
  const got: PlaceOptions[] = [];
  const command = withPlaceOptions(new Command('look')).action((options: PlaceOptions) => {
    got.push(options);
  });
  await command.parseAsync(['node', 'look', '-z', 'z:2181/kafka', '--json']);
  expect(got).toEqual([{ zookeeper: 'z:2181/kafka', json: true, output: 'json', properties: {} }]);
});
