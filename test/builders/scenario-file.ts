import { readFileSync, writeFileSync } from 'node:fs';

/** Some commands and what came of them. */
export interface ScenarioBlock {
  readonly commands: readonly string[];
  readonly outcome: readonly string[];
}

const NOTHING = '(nothing)';

/** Blocks are separated by empty lines; `#` begins a comment; `----` stands between commands and outcome. */
export function readScenario(path: string): ScenarioBlock[] {
  return blocksOf(readFileSync(path, 'utf8'))
    .map((lines) => lines.filter((line) => !line.startsWith('#')))
    .filter((lines) => lines.length > 0)
    .map(parseBlock);
}

/** Puts `outcomes` into the file, one for each block, and leaves the rest as it is. */
export function rewriteScenario(path: string, outcomes: readonly (readonly string[])[]): void {
  const left = [...outcomes];
  const blocks = blocksOf(readFileSync(path, 'utf8')).map((lines) => {
    if (lines.every((line) => line.startsWith('#'))) return lines;
    const commands = lines.slice(0, commandCount(lines));
    const outcome = left.shift() ?? [];
    return [...commands, '----', ...(outcome.length > 0 ? outcome : [NOTHING])];
  });
  writeFileSync(path, `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

function parseBlock(lines: readonly string[]): ScenarioBlock {
  const count = commandCount(lines);
  const outcome = lines.slice(count + 1);
  return { commands: lines.slice(0, count), outcome: outcome[0] === NOTHING ? [] : outcome };
}

function commandCount(lines: readonly string[]): number {
  const separator = lines.indexOf('----');
  return separator < 0 ? lines.length : separator;
}

function blocksOf(text: string): string[][] {
  return text
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0);
}
