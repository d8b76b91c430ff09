import { levelsProblem, startLevels } from '../../src/config/log-levels';
import type { LogArea } from '../../src/platform/log-areas';

function start(root: 'INFO' | 'WARN', items: readonly string[]) {
  const unknown: string[] = [];
  const values = { 'odradek.log.level': root, 'odradek.log.levels': items };
  const levels = startLevels(values, (logger) => unknown.push(logger));
  return { levels, unknown };
}

test.each`
  items                                               | area                   | level      | because
  ${[]}                                               | ${'controller'}        | ${'warn'}  | ${'the root has it'}
  ${['controller=DEBUG']}                             | ${'controller'}        | ${'debug'} | ${'it is named'}
  ${['kafka.controller=TRACE']}                       | ${'controller'}        | ${'trace'} | ${"Kafka's name is as good"}
  ${['kafka = ERROR']}                                | ${'controller'}        | ${'error'} | ${'a name above goes for all below'}
  ${['kafka=ERROR']}                                  | ${'state-change'}      | ${'warn'}  | ${'state.change.logger is not below kafka'}
  ${['kafka.log.LogCleaner=INFO', 'kafka.log=DEBUG']} | ${'log-cleaner'}       | ${'info'}  | ${'its own name goes first'}
  ${['kafka.log.LogCleaner=INFO', 'kafka.log=DEBUG']} | ${'storage'}           | ${'debug'} | ${'only a name above is given'}
  ${['kafka.coordinator=INFO', 'kafka=DEBUG']}        | ${'group-coordinator'} | ${'info'}  | ${'the nearer name goes first'}
  ${['root=FATAL', 'controller=INFO']}                | ${'storage'}           | ${'fatal'} | ${'the root can be named'}
`('with $items $area logs at $level because $because', ({ items, area, level }) => {
  const { levels, unknown } = start('WARN', items as string[]);
  expect(levels.levelOfArea(area as LogArea)).toBe(level);
  expect(unknown).toEqual([]);
});

test('loggers that only Kafka has are named and passed over', () => {
  const items = ['kafka.authorizer.logger=WARN', 'controller=DEBUG', 'org.reflections=ERROR'];
  const { levels, unknown } = start('INFO', items);
  expect(unknown.sort()).toEqual(['kafka.authorizer.logger', 'org.reflections']);
  expect(levels.levelOfArea('controller')).toBe('debug');
});

test.each`
  items                                | problem
  ${['controller=DEBUG']}              | ${/^fine$/}
  ${['controller']}                    | ${/'controller' is not LOGGER=LEVEL/}
  ${['root=INFO', 'controller=debug']} | ${/'controller=debug' is not LOGGER=LEVEL/}
  ${['=INFO']}                         | ${/'=INFO' is not LOGGER=LEVEL/}
  ${['controller=']}                   | ${/'controller=' is not LOGGER=LEVEL/}
`('$items: $problem', ({ items, problem }) => {
  expect(levelsProblem(items as string[]) ?? 'fine').toMatch(problem as RegExp);
});
