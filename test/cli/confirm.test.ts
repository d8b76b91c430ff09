import { PassThrough } from 'node:stream';

import { confirm } from '../../src/cli/confirm';

/** A person, or a pipe, that answers `text`; `undefined` closes without a word. */
function terminal(text: string | undefined, isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough();
  if (text === undefined) input.end();
  else input.write(text);
  return { input, output, shown: () => String(output.read() ?? '') };
}

test.each(['y\n', 'yes\n', 'YES\n', ' y \n'])('%j is an agreement', async (answer) => {
  const place = terminal(answer, true);
  await confirm('delete topic orders', { yes: false }, place);
  expect(place.shown()).toContain('delete topic orders? [y/N] ');
});

test.each([['n\n'], ['\n'], ['yess\n'], ['delete\n'], [undefined]])(
  '%j is none',
  async (answer) => {
    await expect(
      confirm('delete it', { yes: false }, terminal(answer, true)),
    ).rejects.toMatchObject({
      message: 'not confirmed: nothing was changed',
      exit: 'refused',
    });
  },
);

test('where nobody can be asked, an answer in the input counts for nothing', async () => {
  const place = terminal('y\n', false);
  await expect(confirm('delete it', { yes: false }, place)).rejects.toMatchObject({
    message: 'to delete it where nobody can be asked, give --yes',
    exit: 'refused',
  });
  expect(place.shown()).toBe('');
});

test('--yes asks nobody', async () => {
  const place = terminal(undefined, false);
  await confirm('delete it', { yes: true }, place);
  expect(place.shown()).toBe('');
});
