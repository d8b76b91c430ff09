import { ArgumentError, parseArguments, replayCommand } from './arguments';
import type { Overrides } from './simulation';

function parsed(text: string) {
  return parseArguments(text.split(' ').filter((word) => word !== ''));
}

describe('the command line', () => {
  test.each`
    text                                     | expected
    ${''}                                    | ${{ overrides: {}, isTwice: false, shrinks: true }}
    ${'--seeds 3'}                           | ${{ seeds: [1, 2, 3] }}
    ${'--seeds 2 --from 40'}                 | ${{ seeds: [40, 41] }}
    ${'--seed 0'}                            | ${{ seeds: [0] }}
    ${'--faults 3,7'}                        | ${{ overrides: { faults: [3, 7] } }}
    ${'--no-faults --no-workloads'}          | ${{ overrides: { faults: [], workloads: [] } }}
    ${'--workloads 0 --brokers 5 --until 9'} | ${{ overrides: { workloads: [0], brokers: 5, durationMs: 9 } }}
    ${'--seed 1 --trace'}                    | ${{ trace: '-' }}
    ${'--trace=out.txt --seed 1'}            | ${{ trace: 'out.txt' }}
    ${'--mutants --only a,b --workers 1'}    | ${{ mutants: ['a', 'b'], workers: 1 }}
    ${'--mutants'}                           | ${{ mutants: [], seedsForMutants: undefined }}
    ${'--mutants --seeds 4'}                 | ${{ mutants: [], seedsForMutants: 4 }}
    ${'--mutant a --twice --no-shrink'}      | ${{ mutant: 'a', isTwice: true, shrinks: false }}
  `('"$text" is understood', ({ text, expected }: { text: string; expected: object }) => {
    expect(parsed(text)).toMatchObject(expected);
  });

  test.each`
    text                    | because
    ${'--seed 1 --seeds 2'} | ${'one seed is not many'}
    ${'--seed 1 --from 2'}  | ${'one seed has no first'}
    ${'--seeds 2 --trace'}  | ${'two traces would mix'}
    ${'--faults 1,,2'}      | ${'a number is missing'}
    ${'--seeds 0'}          | ${'nothing would be run'}
    ${'--seed 1e3'}         | ${'it is no whole number'}
    ${'--seed -1'}          | ${'it is below 0'}
    ${'--only a'}           | ${'--only without --mutants'}
    ${'--colour'}           | ${'no such option'}
    ${'17'}                 | ${'a word without an option'}
  `('"$text" is refused: $because', ({ text }: { text: string }) => {
    expect(() => parsed(text)).toThrow(ArgumentError);
  });
});

describe('the command that runs a seed again', () => {
  test.each([
    [{}],
    [{ faults: [] }],
    [{ faults: [3, 7], workloads: [], brokers: 5, durationMs: 1234 }],
    [{ workloads: [0, 2] }],
  ] satisfies [Overrides][])('%j comes back as it was', (overrides: Overrides) => {
    const command = replayCommand(17, overrides, 'stale-epoch');
    expect(command).toMatch(/^npm run test:sim -- /);
    const [, text = ''] = command.split(' -- ');
    expect(parsed(text)).toMatchObject({ seeds: [17], overrides, mutant: 'stale-epoch' });
    expect(parsed(text).overrides).toEqual(overrides);
  });
});
