import { Content } from '../../builders/device/content';
import { SeededRandom } from '../kernel/seeded-random';

/** The content after each change, and each change as far as it can be torn. */
class Model {
  readonly states = [''];
  readonly torn = new Map<number, (text: string) => boolean>();

  write(text: string, position: number): void {
    const before = this.states.at(-1) ?? '';
    const after = (part: string): string =>
      before.slice(0, position).padEnd(position, '\0') +
      part +
      before.slice(position + part.length);
    const parts = Array.from(text, (_, i) => text.slice(0, i)).filter((part) => part !== '');
    const all = new Set(
      [before, '\0'.repeat(text.length), ...parts].map((part) =>
        part === before ? before : after(part),
      ),
    );
    this.torn.set(this.states.length - 1, (left) => all.has(left));
    this.states.push(after(text));
  }

  truncate(length: number): void {
    this.states.push((this.states.at(-1) ?? '').slice(0, length).padEnd(length, '\0'));
  }

  allows(left: string, synced: number): boolean {
    return this.states.some(
      (state, i) => i >= synced && (state === left || this.torn.get(i)?.(left) === true),
    );
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

test('reads are what was written; a power cut leaves a state since the last sync, and a part of the next write', () => {
  const random = new SeededRandom('content');
  for (let history = 0; history < 300; history++) {
    const content = new Content();
    const model = new Model();
    let synced = 0;
    for (let i = random.between(1, 40); i > 0; i--) {
      const size = content.size;
      const what = random.below(10);
      if (what < 7) {
        const position = random.oneIn(3) ? random.below(size + 4) : size;
        const text = LETTERS.slice(random.below(20), 21 + random.below(6));
        content.write([Buffer.from(text.slice(0, 2)), Buffer.from(text.slice(2))], position);
        model.write(text, position);
      } else if (what < 8) {
        const length = random.below(size + 3);
        content.truncate(length);
        model.truncate(length);
      } else {
        synced = random.between(synced, content.changes);
        content.sync(synced);
      }
      expect(content.bytes.toString()).toBe(model.states.at(-1));
    }
    content.lose((limit) => random.below(limit));
    expect(model.allows(content.bytes.toString(), synced)).toBe(true);
  }
});

test('however much was appended and never synced, any length may be left, and what is left is what was written', () => {
  const lengths: number[] = [];
  const whole = new SeededRandom('bytes').bytes(30_000);
  for (let seed = 0; seed < 200; seed++) {
    const random = new SeededRandom(`cut ${String(seed)}`);
    const content = new Content();
    for (let at = 0; at < whole.length; at += 10) {
      if (at === 5000) content.sync();
      content.write([whole.subarray(at, at + 10)], at);
    }
    content.lose((limit) => random.below(limit));
    const { bytes } = content;
    const zerosFrom = bytes.findLastIndex((byte) => byte !== 0) + 1;
    expect(bytes.subarray(0, zerosFrom).equals(whole.subarray(0, zerosFrom))).toBe(true);
    lengths.push(bytes.length);
  }
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(5000);
  expect(Math.min(...lengths)).toBeLessThan(15_000);
  expect(Math.max(...lengths)).toBeGreaterThan(29_000);
});

test('what is written again and again reaches the device some day', () => {
  const content = new Content();
  for (let i = 0; i < 1000; i++) content.write([Buffer.from(String(i).padStart(4))], 0);
  content.lose((limit) => (limit === 2 ? 1 : 0)); // Nothing of what can be lost is kept.
  expect(Number(content.bytes.toString())).toBeGreaterThan(900);
});
