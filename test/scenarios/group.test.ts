import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GroupScenario } from '../builders/group-scenario';
import { readScenario, rewriteScenario } from '../builders/scenario-file';

const FILES = readdirSync(__dirname).filter((name) => /^group-.*\.txt$/.test(name));

/** `UPDATE_SCENARIOS=1 npx jest test/scenarios/group` writes the outcomes anew, to be reviewed as a diff. */
const IS_UPDATE = process.env['UPDATE_SCENARIOS'] === '1';

describe('conversations with the group coordinator', () => {
  test.each(FILES)('%s', async (name) => {
    const path = join(__dirname, name);
    const blocks = readScenario(path);
    const scenario = new GroupScenario();
    const outcomes: string[][] = [];
    for (const { commands } of blocks) {
      const outcome: string[] = [];
      for (const command of commands) outcome.push(...(await scenario.run(command)));
      outcomes.push(outcome);
    }
    if (IS_UPDATE) rewriteScenario(path, outcomes);
    const expected = IS_UPDATE ? outcomes : blocks.map((each) => each.outcome);
    expect(withCommands(blocks, outcomes)).toBe(withCommands(blocks, expected));
  });
});

function withCommands(
  blocks: readonly { readonly commands: readonly string[] }[],
  outcomes: readonly (readonly string[])[],
): string {
  return blocks
    .map(({ commands }, index) => [...commands, '----', ...(outcomes[index] ?? [])].join('\n'))
    .join('\n\n');
}
