import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodePlatform } from '../../src/platform/node';
import {
  MetaPropertiesError,
  claimDirectories,
  readIdentity,
  readMetaProperties,
} from '../../src/storage/meta-properties';

const { files } = nodePlatform();
const OWNER = { clusterId: 'MkU3OEVBNTcwNTJENDM2Qg', brokerId: 7 };
let root = '';
let directories: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'odradek-meta-'));
  directories = ['a', 'b'].map((name) => join(root, name));
  for (const directory of directories) mkdirSync(directory);
});
afterEach(() => rmSync(root, { recursive: true }));

function put(directory: string | undefined, content: string): void {
  writeFileSync(join(directory ?? '', 'meta.properties'), content);
}

test('new directories are marked and found again', () => {
  expect(readIdentity(files, directories)).toEqual({
    clusterId: undefined,
    brokerId: undefined,
    unmarked: directories,
  });
  claimDirectories(files, directories, OWNER);
  expect(readFileSync(join(root, 'b', 'meta.properties'), 'utf8')).toBe(
    'broker.id=7\nversion=0\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\n',
  );
  claimDirectories(files, directories, OWNER);
  expect(readIdentity(files, directories)).toEqual({ ...OWNER, unmarked: [] });
});

test('a file of Kafka is read, and a directory beside it marked alike', () => {
  put(
    directories[0],
    '#\n#Mon Nov 23 12:00:00 UTC 2026\nbroker.id=7\nversion=0\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\n',
  );
  claimDirectories(files, directories, OWNER);
  expect(readMetaProperties(files, directories[1] ?? '')).toEqual(OWNER);
});

test('version 1 of a broker under migration is read', () => {
  put(
    directories[0],
    'version=1\nnode.id=7\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\ndirectory.id=xyz\n',
  );
  expect(readMetaProperties(files, directories[0] ?? '')).toEqual(OWNER);
});

test.each`
  first                                     | second                       | message                                     | because
  ${'version=0\nbroker.id=7\ncluster.id=X'} | ${''}                        | ${/join the wrong cluster/}                 | ${'it belongs to another cluster'}
  ${'version=0\nbroker.id=8'}               | ${''}                        | ${/does not match the stored broker\.id 8/} | ${'it belongs to another broker'}
  ${'version=0\nbroker.id=7'}               | ${'version=0\nbroker.id=8'}  | ${/disagree on the broker id/}              | ${'two directories contradict each other'}
  ${'version=0\ncluster.id=X'}              | ${'version=0\ncluster.id=Y'} | ${/disagree on the cluster id/}             | ${'two directories contradict each other'}
  ${'version=2\nbroker.id=7'}               | ${''}                        | ${/version 2 is not known/}                 | ${'the version is unknown'}
  ${'broker.id=7'}                          | ${''}                        | ${/version \(none\)/}                       | ${'there is no version'}
  ${'version=0\nbroker.id=seven'}           | ${''}                        | ${/is not a broker id/}                     | ${'the id is no number'}
  ${'version=0\nbroker.id=7\nclustar.id=X'} | ${''}                        | ${/no cluster\.id, but clustar\.id/}        | ${'a name is damaged'}
  ${'version=0\nbroker&id=7\ncluster.id=X'} | ${''}                        | ${/no broker\.id, but broker&id/}           | ${'a name is damaged'}
`(
  'is refused because $because: $message',
  ({ first, second, message }: { first: string; second: string; message: RegExp }) => {
    put(directories[0], first);
    if (second !== '') put(directories[1], second);
    const claim = (): void => claimDirectories(files, directories, OWNER);
    expect(claim).toThrow(MetaPropertiesError);
    expect(claim).toThrow(message);
  },
);
