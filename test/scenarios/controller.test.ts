import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ControllerScenario } from '../builders/controller-scenario';
import { readScenario, rewriteScenario } from '../builders/scenario-file';

const FILES = readdirSync(__dirname).filter((name) => /^controller-.*\.txt$/.test(name));

/** `UPDATE_SCENARIOS=1 npx jest test/scenarios/controller` writes the outcomes anew, to be reviewed as a diff. */
const IS_UPDATE = process.env['UPDATE_SCENARIOS'] === '1';

test.each(FILES)('%s', async (name) => {
  const path = join(__dirname, name);
  const blocks = readScenario(path);
  const scenario = new ControllerScenario();
  const played: { commands: readonly string[]; outcome: readonly string[] }[] = [];
  for (const { commands } of blocks) {
    const outcome: string[] = [];
    for (const command of commands) outcome.push(...(await scenario.run(command)));
    played.push({ commands, outcome });
  }
  if (IS_UPDATE)
    rewriteScenario(
      path,
      played.map(({ outcome }) => outcome),
    );
  expect(played).toEqual(IS_UPDATE ? played : blocks);
});
