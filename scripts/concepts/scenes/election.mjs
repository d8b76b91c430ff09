/** Who is controller: the first broker, the next after a kill, the next after an orderly stop, and by hand. */
import { Stage } from '../stage.mjs';

const LINES = /elected controller|controller is active|resigns as controller|removing \/controller/;

export async function play() {
  const stage = await Stage.open();
  const steps = new Map();
  const untilController = (isRight) =>
    stage.untilZnode('/controller', ({ brokerid }) => isRight(brokerid));
  try {
    stage.watch(['/controller', '/controller_epoch', '/brokers/ids'], LINES);
    steps.set(
      'first',
      await stage.step(async () => {
        await stage.start(1);
        await untilController((id) => id === 1);
      }),
    );
    stage.watch(['/controller', '/controller_epoch'], LINES);
    await stage.start(2);
    steps.set(
      'kill',
      await stage.step(async () => {
        await stage.signal(1, 'SIGKILL');
        await untilController((id) => id === 2);
      }),
    );
    stage.watch(['/controller', '/controller_epoch', '/brokers/ids'], LINES);
    steps.set('return', await stage.step(() => stage.start(1)));
    stage.watch(['/controller', '/controller_epoch'], LINES);
    steps.set(
      'stop',
      await stage.step(async () => {
        await stage.signal(2, 'SIGTERM');
        await untilController((id) => id === 1);
      }),
    );
    steps.set(
      'by-hand',
      await stage.step(async () => {
        const { stat } = await stage.value('/controller');
        await stage.delete('/controller');
        await stage.untilMade('/controller', stat.czxid);
      }),
    );
  } finally {
    await stage.close();
  }
  return steps;
}
