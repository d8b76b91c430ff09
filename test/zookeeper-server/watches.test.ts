import type { EventType } from '../../src/zookeeper-server/tree';
import { WatchTable } from '../../src/zookeeper-server/watches';
import type { WatchKind } from '../../src/zookeeper-server/watches';

function aWatcher() {
  const events: string[] = [];
  return {
    events,
    onEvent: ({ type, path }: { type: EventType; path: string }) => events.push(`${type} ${path}`),
  };
}

const fire = (table: WatchTable, type: EventType, path: string): void =>
  table.fire({ type, path, zxid: 1, acl: [] });

test.each`
  kind            | watched   | type                 | path      | told     | because
  ${'data'}       | ${'/a'}   | ${'dataChanged'}     | ${'/a'}   | ${true}  | ${'data changed'}
  ${'data'}       | ${'/a'}   | ${'created'}         | ${'/a'}   | ${true}  | ${'exists waits for it'}
  ${'data'}       | ${'/a'}   | ${'deleted'}         | ${'/a'}   | ${true}  | ${'the data is gone'}
  ${'data'}       | ${'/a'}   | ${'childrenChanged'} | ${'/a'}   | ${false} | ${'children are not data'}
  ${'data'}       | ${'/a'}   | ${'dataChanged'}     | ${'/a/b'} | ${false} | ${'it is another znode'}
  ${'child'}      | ${'/a'}   | ${'childrenChanged'} | ${'/a'}   | ${true}  | ${'children changed'}
  ${'child'}      | ${'/a'}   | ${'deleted'}         | ${'/a'}   | ${true}  | ${'there are no children any more'}
  ${'child'}      | ${'/a'}   | ${'dataChanged'}     | ${'/a'}   | ${false} | ${'data are not children'}
  ${'persistent'} | ${'/a'}   | ${'dataChanged'}     | ${'/a'}   | ${true}  | ${'it hears of data'}
  ${'persistent'} | ${'/a'}   | ${'childrenChanged'} | ${'/a'}   | ${true}  | ${'it hears of children'}
  ${'persistent'} | ${'/a'}   | ${'created'}         | ${'/a/b'} | ${false} | ${'it is not recursive'}
  ${'recursive'}  | ${'/a'}   | ${'created'}         | ${'/a/b'} | ${true}  | ${'it covers the subtree'}
  ${'recursive'}  | ${'/'}    | ${'deleted'}         | ${'/a/b'} | ${true}  | ${'it covers everything'}
  ${'recursive'}  | ${'/a'}   | ${'childrenChanged'} | ${'/a'}   | ${false} | ${'it hears of the child itself'}
  ${'recursive'}  | ${'/a/b'} | ${'dataChanged'}     | ${'/a'}   | ${false} | ${'it covers no parents'}
`(
  'a $kind watch on $watched is told of $type $path: $told, because $because',
  ({ kind, watched, type, path, told }) => {
    const table = new WatchTable();
    const watcher = aWatcher();
    table.add(kind as WatchKind, watched as string, watcher);
    fire(table, type as EventType, path as string);
    expect(watcher.events).toEqual(told ? [`${type as string} ${path as string}`] : []);
  },
);

test('data and child watches fire once, persistent ones go on', () => {
  const table = new WatchTable();
  const [once, always] = [aWatcher(), aWatcher()];
  table.add('data', '/a', once);
  table.add('persistent', '/a', always);
  fire(table, 'dataChanged', '/a');
  fire(table, 'dataChanged', '/a');
  expect(once.events).toHaveLength(1);
  expect(always.events).toHaveLength(2);
});

test('who watches data and children of a deleted znode is told once', () => {
  const table = new WatchTable();
  const watcher = aWatcher();
  for (const kind of ['data', 'child', 'persistent', 'recursive'] as const) {
    table.add(kind, '/a', watcher);
  }
  fire(table, 'deleted', '/a');
  expect(watcher.events).toEqual(['deleted /a']);
});

test('a watcher that leaves takes its watches along', () => {
  const table = new WatchTable();
  const [gone, here] = [aWatcher(), aWatcher()];
  table.add('data', '/a', gone);
  table.add('recursive', '/', gone);
  table.add('data', '/a', here);
  table.removeAll(gone);
  fire(table, 'dataChanged', '/a');
  expect([gone.events, here.events]).toEqual([[], ['dataChanged /a']]);
  expect(table.summary()).toEqual({ watchers: 0, paths: 0, watches: 0 });
});
