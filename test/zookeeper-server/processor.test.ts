import { READ } from '../../src/zookeeper-server/access';
import type { CreateRequest } from '../../src/zookeeper-server/request';
import {
  aCreate,
  aProcessor,
  EPHEMERAL,
  SEQUENTIAL,
  TestClient,
} from '../builders/zookeeper-processor';

const START_MS = 1_700_000_000_000;

describe('the Stat of a znode', () => {
  test('counts every change as ZooKeeper does', () => {
    const { clock, aClient } = aProcessor();
    const client = aClient(); // zxid 1
    client.create('/a', { data: Buffer.from('hello') }); // zxid 2
    clock.advance(10);
    client.create('/a/b'); // zxid 3
    client.create('/a/c'); // zxid 4
    client.delete('/a/b'); // zxid 5
    clock.advance(10);
    client.set('/a', 'bye'); // zxid 6
    client.ask({
      type: 'setAcl',
      path: '/a',
      version: -1,
      acl: [{ permissions: 31, scheme: 'world', id: 'anyone' }],
    }); // zxid 7
    expect(client.stat('/a')).toEqual({
      type: 'stat',
      stat: {
        czxid: 2,
        mzxid: 6,
        ctime: START_MS,
        mtime: START_MS + 20,
        version: 1,
        cversion: 3, // two creations and one deletion
        aversion: 1,
        ephemeralOwner: 0n,
        dataLength: 3,
        numChildren: 1,
        pzxid: 5,
      },
    });
  });

  test('of the root of a new server has the cversion -1', () => {
    const client = aProcessor().aClient();
    expect(client.stat('/')).toMatchObject({ stat: { cversion: -1, numChildren: 1, czxid: 0 } });
  });

  test('names the owner of an ephemeral znode', () => {
    const client = aProcessor().aClient();
    expect(client.create('/e', { flags: EPHEMERAL, withStat: true })).toMatchObject({
      type: 'created',
      stat: { ephemeralOwner: client.sessionId, numChildren: 0 },
    });
  });
});

describe('sequential names', () => {
  test('count the children ever created', () => {
    const client = aProcessor().aClient();
    client.create('/q');
    const names = [];
    names.push(client.create('/q/n-', { flags: SEQUENTIAL }));
    client.delete('/q/n-0000000000');
    client.create('/q/other');
    names.push(client.create('/q/n-', { flags: SEQUENTIAL | EPHEMERAL }));
    names.push(client.create('/q/', { flags: SEQUENTIAL }));
    expect(names).toEqual([
      { type: 'path', path: '/q/n-0000000000' },
      { type: 'path', path: '/q/n-0000000002' },
      { type: 'path', path: '/q/0000000003' },
    ]);
  });

  test('count on inside of a multi', () => {
    const client = aProcessor().aClient();
    const result = client.ask({
      type: 'multi',
      operations: [
        aCreate('/q'),
        aCreate('/q/n-', { flags: SEQUENTIAL }),
        aCreate('/q/n-', { flags: SEQUENTIAL }),
      ],
    });
    expect(result).toMatchObject({
      operations: [
        { result: { path: '/q' } },
        { result: { path: '/q/n-0000000000' } },
        { result: { path: '/q/n-0000000001' } },
      ],
    });
  });
});

describe('refusals', () => {
  const secret = [{ permissions: 31, scheme: 'digest', id: 'ann:x' }];
  const readOnly = [{ permissions: READ, scheme: 'world', id: 'anyone' }];
  const data = Buffer.alloc(0);
  test.each`
    request                                                             | error                           | because
    ${aCreate('/a')}                                                    | ${'NODE_EXISTS'}                | ${'it is there'}
    ${aCreate('/')}                                                     | ${'NODE_EXISTS'}                | ${'the root is there'}
    ${aCreate('/x/y')}                                                  | ${'NO_NODE'}                    | ${'the parent is missing'}
    ${aCreate('/e/y')}                                                  | ${'NO_CHILDREN_FOR_EPHEMERALS'} | ${'the parent is ephemeral'}
    ${aCreate('/secret/y')}                                             | ${'NO_AUTH'}                    | ${'ann may'}
    ${aCreate('a')}                                                     | ${'BAD_ARGUMENTS'}              | ${'there is no slash'}
    ${aCreate('/a/')}                                                   | ${'BAD_ARGUMENTS'}              | ${'the name is empty'}
    ${aCreate('/x', { acl: [] })}                                       | ${'INVALID_ACL'}                | ${'the list is empty'}
    ${aCreate('/x', { flags: 4 })}                                      | ${'UNIMPLEMENTED'}              | ${'containers are not served'}
    ${aCreate('/x', { flags: 5 })}                                      | ${'UNIMPLEMENTED'}              | ${'time to live is not served'}
    ${aCreate('/x', { flags: 7 })}                                      | ${'BAD_ARGUMENTS'}              | ${'no mode has this number'}
    ${{ type: 'delete', path: '/x', version: -1 }}                      | ${'NO_NODE'}                    | ${'it is missing'}
    ${{ type: 'delete', path: '/x/y', version: -1 }}                    | ${'NO_NODE'}                    | ${'the parent is missing'}
    ${{ type: 'delete', path: '/a', version: -1 }}                      | ${'NOT_EMPTY'}                  | ${'it has children'}
    ${{ type: 'delete', path: '/a/b', version: 1 }}                     | ${'BAD_VERSION'}                | ${'the version is 0'}
    ${{ type: 'delete', path: '/', version: -1 }}                       | ${'BAD_ARGUMENTS'}              | ${'the root stays'}
    ${{ type: 'delete', path: '/zookeeper/config', version: -1 }}       | ${'BAD_ARGUMENTS'}              | ${'system znodes stay'}
    ${{ type: 'delete', path: '/secret/s', version: -1 }}               | ${'NO_AUTH'}                    | ${'the right is the parent’s'}
    ${{ type: 'setData', path: '/x', data, version: -1 }}               | ${'NO_NODE'}                    | ${'it is missing'}
    ${{ type: 'setData', path: '/a', data, version: 3 }}                | ${'BAD_VERSION'}                | ${'the version is 0'}
    ${{ type: 'setData', path: '/readOnly', data, version: -1 }}        | ${'NO_AUTH'}                    | ${'it is read-only'}
    ${{ type: 'setAcl', path: '/x', acl: readOnly, version: -1 }}       | ${'NO_NODE'}                    | ${'it is missing'}
    ${{ type: 'setAcl', path: '/a', acl: readOnly, version: 1 }}        | ${'BAD_VERSION'}                | ${'the ACL version is 0'}
    ${{ type: 'setAcl', path: '/a', acl: [], version: -1 }}             | ${'INVALID_ACL'}                | ${'the list is empty'}
    ${{ type: 'setAcl', path: '/readOnly', acl: secret, version: -1 }}  | ${'NO_AUTH'}                    | ${'it takes an administrator'}
    ${{ type: 'check', path: '/x', version: -1 }}                       | ${'NO_NODE'}                    | ${'it is missing'}
    ${{ type: 'check', path: '/a', version: 1 }}                        | ${'BAD_VERSION'}                | ${'the version is 0'}
    ${{ type: 'exists', path: '/x', watch: false }}                     | ${'NO_NODE'}                    | ${'it is missing'}
    ${{ type: 'getData', path: '/x', watch: true }}                     | ${'NO_NODE'}                    | ${'it is missing'}
    ${{ type: 'getData', path: '/secret', watch: true }}                | ${'NO_AUTH'}                    | ${'ann may'}
    ${{ type: 'getChildren', path: '/x', watch: true, withStat: true }} | ${'NO_NODE'}                    | ${'it is missing'}
    ${{ type: 'getAcl', path: '/secret' }}                              | ${'NO_AUTH'}                    | ${'ann may'}
    ${{ type: 'addWatch', path: '/a', mode: 2 }}                        | ${'BAD_ARGUMENTS'}              | ${'no mode has this number'}
    ${{ type: 'removeWatches', path: '/a', watchType: 3 }}              | ${'NO_WATCHER'}                 | ${'nothing is watched'}
    ${{ type: 'removeWatches', path: '/a', watchType: 9 }}              | ${'BAD_ARGUMENTS'}              | ${'no type has this number'}
  `('$request.type $request.path: $error because $because', ({ request, error }) => {
    const { aClient, database } = aProcessor();
    const client = aClient();
    const znodes: [string, Partial<CreateRequest>][] = [
      ['/a', {}],
      ['/a/b', {}],
      ['/e', { flags: EPHEMERAL }],
      ['/secret', { acl: secret }],
      ['/readOnly', { acl: readOnly }],
    ];
    for (const [path, options] of znodes)
      expect(client.create(path, options)).toMatchObject({ path });
    const { zxid } = database;
    expect(client.ask(request)).toBe(error);
    expect(database.zxid).toBe(zxid);
  });
});

describe('a multi', () => {
  test('happens as a whole, under one zxid', () => {
    const { aClient, database } = aProcessor();
    const client = aClient();
    const result = client.ask({
      type: 'multi',
      operations: [
        aCreate('/a', { withStat: true }),
        { type: 'check', path: '/a', version: 0 },
        { type: 'setData', path: '/a', data: Buffer.from('x'), version: 0 },
        aCreate('/b'),
        { type: 'delete', path: '/b', version: 0 },
      ],
    });
    expect(result).toMatchObject({
      operations: [
        { code: 15, result: { path: '/a', stat: { czxid: 2, version: 0 } } },
        { code: 13, result: { type: 'empty' } },
        { code: 5, result: { stat: { czxid: 2, mzxid: 2, version: 1 } } },
        { code: 1, result: { path: '/b' } },
        { code: 2, result: { type: 'empty' } },
      ],
    });
    expect(database.zxid).toBe(2);
  });

  test('that fails anywhere leaves nothing, and says where', () => {
    const { aClient, database } = aProcessor();
    const client = aClient();
    client.create('/a');
    const result = client.ask({
      type: 'multi',
      operations: [
        { type: 'setData', path: '/a', data: Buffer.from('x'), version: 0 },
        { type: 'check', path: '/a', version: 0 },
        aCreate('/b'),
      ],
    });
    expect(result).toEqual({
      type: 'operations',
      operations: [{ error: 'OK' }, { error: 'BAD_VERSION' }, { error: 'RUNTIME_INCONSISTENCY' }],
    });
    expect(database.zxid).toBe(2);
    expect(client.stat('/a')).toMatchObject({ stat: { version: 0 } });
    expect(client.stat('/b')).toBe('NO_NODE');
  });

  test.each`
    operations                                                                       | error                           | because
    ${[aCreate('/a'), aCreate('/a/b'), { type: 'delete', path: '/a', version: -1 }]} | ${'NOT_EMPTY'}                  | ${'the child was made before'}
    ${[{ type: 'delete', path: '/old', version: -1 }, aCreate('/old/x')]}            | ${'NO_NODE'}                    | ${'the parent was deleted before'}
    ${[aCreate('/a'), aCreate('/a')]}                                                | ${'NODE_EXISTS'}                | ${'it was made before'}
    ${[aCreate('/a', { flags: EPHEMERAL }), aCreate('/a/b')]}                        | ${'NO_CHILDREN_FOR_EPHEMERALS'} | ${'the parent was made ephemeral'}
  `('sees what its earlier operations do: $because', ({ operations, error }) => {
    const client = aProcessor().aClient();
    client.create('/old');
    const result = client.ask({ type: 'multi', operations });
    expect(result).toMatchObject({ type: 'operations' });
    expect(JSON.stringify(result)).toContain(error);
    expect(client.stat('/a')).toBe('NO_NODE');
  });

  test('of nothing is answered with nothing', () => {
    const { aClient, database } = aProcessor();
    const result = aClient().ask({ type: 'multi', operations: [] });
    expect(result).toEqual({ type: 'operations', operations: [] });
    expect(database.zxid).toBe(1);
  });

  test('of reads answers each by itself', () => {
    const client = aProcessor().aClient();
    client.create('/a', { data: Buffer.from('x') });
    const result = client.ask({
      type: 'multiRead',
      operations: [
        { type: 'getData', path: '/none', watch: false },
        { type: 'getData', path: '/a', watch: false },
        { type: 'getChildren', path: '/', watch: false, withStat: false },
      ],
    });
    expect(result).toMatchObject({
      operations: [
        { error: 'NO_NODE' },
        { code: 4, result: { data: Buffer.from('x') } },
        { code: 8, result: { names: ['zookeeper', 'a'] } },
      ],
    });
  });
});

describe('watches', () => {
  test('fire in the order of what happened', () => {
    const { aClient } = aProcessor();
    const [watching, writing] = [aClient(), aClient()];
    watching.stat('/a', true);
    watching.ask({ type: 'getChildren', path: '/', watch: true, withStat: false });
    writing.create('/a');
    writing.set('/a', 'x');
    expect(watching.events).toEqual(['created /a', 'childrenChanged /']);
  });

  test('of a client that comes back fire for what it missed', () => {
    const { aClient, database } = aProcessor();
    const client = aClient();
    for (const path of ['/same', '/changed', '/deleted', '/parent']) client.create(path);
    const relativeZxid = database.zxid;
    client.set('/changed', 'x');
    client.delete('/deleted');
    client.create('/parent/child');
    client.create('/created');
    client.ask({
      type: 'setWatches',
      relativeZxid,
      data: ['/same', '/changed', '/deleted'],
      exist: ['/created', '/later'],
      child: ['/same', '/parent'],
      persistent: [],
      recursive: ['/parent'],
    });
    expect(client.events).toEqual([
      'dataChanged /changed',
      'deleted /deleted',
      'created /created',
      'childrenChanged /parent',
    ]);
    client.events.length = 0;
    client.set('/same', 'x');
    client.create('/later');
    client.set('/parent/child', 'x');
    expect(client.events).toEqual([
      'dataChanged /same',
      'created /later',
      'dataChanged /parent/child',
    ]);
  });

  test('can be added for good, checked and removed', () => {
    const client = aProcessor().aClient();
    expect(client.ask({ type: 'addWatch', path: '/', mode: 1 })).toMatchObject({ count: 0 });
    client.create('/a');
    client.create('/a/b');
    const watch = { path: '/', watchType: 5 };
    expect(client.ask({ type: 'checkWatches', ...watch })).toEqual({ type: 'empty' });
    expect(client.ask({ type: 'removeWatches', ...watch })).toEqual({ type: 'empty' });
    expect(client.ask({ type: 'checkWatches', ...watch })).toBe('NO_WATCHER');
    client.create('/c');
    expect(client.events).toEqual(['created /a', 'created /a/b']);
  });
});

describe('sessions', () => {
  test('expire with their ephemeral znodes, in one transaction', () => {
    const { clock, aClient, database } = aProcessor();
    const gone = aClient(4_000);
    const here = aClient(20_000);
    gone.create('/a', { flags: EPHEMERAL });
    gone.create('/b', { flags: EPHEMERAL });
    here.stat('/a', true);
    here.stat('/b', true);
    const { zxid } = database;
    clock.advance(3_999);
    expect(here.events).toEqual([]);
    clock.advance(1);
    expect(here.events).toEqual(['deleted /a', 'deleted /b']);
    expect(database.zxid).toBe(zxid + 1);
    expect(gone.detached).toBe('the session expired');
    expect(gone.stat('/')).toBe('SESSION_EXPIRED');
  });

  test('live while requests come', () => {
    const { clock, aClient } = aProcessor();
    const client = aClient(4_000);
    for (let i = 0; i < 10; i++) {
      clock.advance(3_000);
      expect(client.ask({ type: 'ping' })).toEqual({ type: 'empty' });
    }
  });

  test('that are resumed detach the client they had', () => {
    const { processor, aClient, database } = aProcessor();
    const first = aClient();
    const { id, password } = [...database.sessions][0] ?? { id: 0n, password: Buffer.alloc(0) };
    expect(processor.resumeSession(id, password, 10_000)).toMatchObject({ id });
    const second = new TestClient(processor, id);
    expect(second.stat('/')).toMatchObject({ type: 'stat' });
    expect(first.detached).toBe('the session moved to another connection');
  });
});

test('getAcl hides digests from those who may only read', () => {
  const { aClient } = aProcessor();
  const [ann, other] = [aClient(), aClient()];
  ann.identities.push({ scheme: 'digest', id: 'ann:hash' });
  const acl = [
    { permissions: 31, scheme: 'digest', id: 'ann:hash' },
    { permissions: READ, scheme: 'world', id: 'anyone' },
  ];
  ann.create('/a', { acl });
  expect(ann.ask({ type: 'getAcl', path: '/a' })).toMatchObject({ acl });
  expect(other.ask({ type: 'getAcl', path: '/a' })).toMatchObject({
    acl: [{ id: 'ann:x' }, { id: 'anyone' }],
  });
});

test('lists what a client owns, is, and how much lies below a path', () => {
  const client = aProcessor().aClient();
  client.identities.push({ scheme: 'digest', id: 'ann:hash' });
  client.create('/a');
  client.create('/a/e', { flags: EPHEMERAL });
  expect(client.ask({ type: 'getEphemerals', path: '/' })).toEqual({
    type: 'names',
    names: ['/a/e'],
  });
  expect(client.ask({ type: 'getEphemerals', path: '/b' })).toEqual({ type: 'names', names: [] });
  expect(client.ask({ type: 'countDescendants', path: '/' })).toEqual({ type: 'count', count: 5 });
  expect(client.ask({ type: 'countDescendants', path: '/a' })).toEqual({ type: 'count', count: 1 });
  expect(client.ask({ type: 'whoAmI' })).toEqual({
    type: 'identities',
    identities: [
      { scheme: 'ip', id: '127.0.0.1' },
      { scheme: 'digest', id: 'ann' },
    ],
  });
});
