/** `odradek log verify`: tells what is found while it looks, and at the end how much it looked at. */
import { dirname, resolve } from 'node:path';

import { nodePlatform } from '../../platform/node';
import type { Files } from '../../platform/ports';
import {
  checkDirectories,
  checkLogFolder,
  pathKindOf,
} from '../../storage/inspect/directory-check';
import type { PathKind } from '../../storage/inspect/directory-check';
import { Inspection } from '../../storage/inspect/finding';
import type { Finding } from '../../storage/inspect/finding';
import { endWith } from '../exit-codes';
import { notFound } from '../failure';
import { printItem } from '../output';
import type { OutputOptions } from '../output';

function findingText({ kind, file, position, problem, atStart }: Finding): string {
  const place = position === undefined ? file : `${file}:${String(position)}`;
  return [`${kind}: ${place}`, `  ${problem}`, `  at a start: ${atStart}`].join('\n');
}

const count = (number: number, one: string, many = `${one}s`): string =>
  `${String(number)} ${number === 1 ? one : many}`;

function summaryText({ extent, counts }: Inspection): string {
  const { logs, segments, batches, bytes } = extent;
  const seen = [count(logs, 'log'), count(segments, 'segment'), count(batches, 'batch', 'batches')];
  const found = [
    counts.damage === 0 ? 'no damage' : count(counts.damage, 'damaged place'),
    ...(counts.leftover === 0 ? [] : [count(counts.leftover, 'leftover')]),
  ];
  return `${[...seen, count(bytes, 'byte')].join(', ')}: ${found.join(', ')}`;
}

interface Targets {
  readonly folders: ReadonlySet<string>;
  readonly directories: ReadonlySet<string>;
  /** If there are any, only what concerns these files is told. */
  readonly singles: ReadonlySet<string>;
}

/** What the paths are. A file is looked at within its folder: without its neighbours little can be said of it. */
function targetsOf(files: Files, paths: readonly string[]): Targets {
  const folders = new Set<string>();
  const directories = new Set<string>();
  const singles = new Set<string>();
  const add = (path: string, kind: PathKind | undefined): void => {
    if (kind === undefined) throw notFound(`there is no ${path}`);
    if (kind === 'log') folders.add(path);
    else if (kind === 'directory') directories.add(path);
    else {
      singles.add(path);
      add(dirname(path), pathKindOf(files, dirname(path)));
    }
  };
  for (const path of paths.map((each) => resolve(each))) add(path, pathKindOf(files, path));
  return { folders, directories, singles };
}

export async function verifyPaths(paths: readonly string[], options: OutputOptions): Promise<void> {
  const { files } = nodePlatform();
  const { folders, directories, singles } = targetsOf(files, paths);
  const tell = (finding: Finding): void =>
    printItem({ type: 'finding', ...finding }, options, () => findingText(finding));
  const isWanted = (file: string): boolean => singles.size === 0 || singles.has(file);
  const inspection = new Inspection(files, tell, isWanted);
  if (directories.size > 0) await checkDirectories(inspection, [...directories]);
  for (const folder of folders) await checkLogFolder(inspection, folder);
  const { extent, counts } = inspection;
  printItem({ type: 'summary', ...extent, ...counts }, options, () => summaryText(inspection));
  if (counts.damage > 0) endWith('found');
}
