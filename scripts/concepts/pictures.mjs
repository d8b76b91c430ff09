/**
 * The pictures of docs/concepts as SVG: three kinds of drawing, and what each shows. Colours follow the reader's
 * light or dark scheme; the panel behind keeps them readable where a page ignores it.
 */
const LIGHT = {
  ground: '#ffffff',
  ink: '#1f2328',
  soft: '#59636e',
  line: '#8c959f',
  mark: '#c0362c',
  one: '#cfe3ff',
  two: '#ffe0b5',
};
const DARK = {
  ground: '#161b22',
  ink: '#e6edf3',
  soft: '#9da7b1',
  line: '#6e7781',
  mark: '#ff8a80',
  one: '#1f4272',
  two: '#6b4a12',
};

/** Plain rules for each scheme: not every renderer knows variables. */
const colours = ({ ground, ink, soft, line, mark, one, two }) => `
  text { fill: ${ink}; } .soft { fill: ${soft}; } rect { fill: ${ground}; stroke: ${line}; } line { stroke: ${line}; }
  .one { fill: ${one}; } .two { fill: ${two}; } .arrow { stroke: ${ink}; } .head { fill: ${ink}; } .cut { stroke: ${mark}; }
  .behind { stroke: none; }`;
const STYLE = `
  text { font: 14px system-ui, sans-serif; } .small { font-size: 12px; } .strong { font-weight: 600; }
  .mid { text-anchor: middle; } .end { text-anchor: end; } .dashed { stroke-dasharray: 4 4; } .cut { stroke-width: 2; }
  ${colours(LIGHT)}
  @media (prefers-color-scheme: dark) { ${colours(DARK)} }`;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const write = (x, y, words, style = '') =>
  `<text x="${x}" y="${y}" class="${style}">${escape(words)}</text>`;
const stroke = (from, to, style = '') =>
  `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" class="${style}"/>`;
const box = ([x, y, width, height], style = '') =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="4" class="${style}"/>`;

function picture({ title, width, height }, shapes) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escape(title)}</title>
<style>${STYLE}
</style>
<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse"><path d="M0 0 8 4 0 8" class="head"/></marker></defs>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${shapes.join('\n')}
</svg>
`;
}

/** Who says what to whom, from top to bottom: `[from, to, words]`, or `[who, words]` for what happens to one. */
function conversation({ title, parties, steps, gap = 190 }) {
  const at = new Map(parties.map((name, index) => [name, 100 + index * gap]));
  const width = 200 + (parties.length - 1) * gap;
  const top = 66;
  const height = top + steps.length * 38 + 8;
  const shapes = parties.flatMap((name) => [
    box([at.get(name) - 70, 14, 140, 30], 'one'),
    write(at.get(name), 34, name, 'mid strong'),
    stroke([at.get(name), 44], [at.get(name), height - 10], 'dashed'),
  ]);
  steps.forEach((step, index) => {
    const y = top + index * 38 + 14;
    if (step.length === 2) {
      const x = at.get(step[0]);
      const half = Math.min(step[1].length * 3.6 + 8, 96);
      shapes.push(box([x - half, y - 16, half * 2, 24], 'two'), write(x, y, step[1], 'mid small'));
      return;
    }
    const [from, to] = [at.get(step[0]), at.get(step[1])];
    const middle = (from + to) / 2;
    const half = step[2].length * 3.3 + 4;
    const line = `<line x1="${from}" y1="${y}" x2="${to}" y2="${y}" class="arrow" marker-end="url(#head)"/>`;
    const ground = `<rect x="${middle - half}" y="${y - 20}" width="${half * 2}" height="15" class="behind"/>`;
    shapes.push(line, ground, write(middle, y - 8, step[2], 'mid small'));
  });
  return picture({ title, width, height }, shapes);
}

/** Frames of logs, one row a replica: `cells` are records by their epoch's style; `hw` draws the high watermark. */
function logs({ title, frames }) {
  const cell = 44;
  const width = 620;
  const frameHeight = 150;
  const shapes = frames.flatMap(({ words, rows }, index) => {
    const top = 12 + index * frameHeight;
    return [
      write(20, top + 18, words, 'strong'),
      ...rows.flatMap(({ name, cells, hw, note = '', cut }, row) => {
        const y = top + 30 + row * 36;
        return [
          write(100, y + 21, name, 'end'),
          ...cells.flatMap(([letter, style], column) => {
            const x = 112 + column * cell;
            return [
              box([x, y, cell - 4, 30], style),
              write(x + cell / 2 - 2, y + 20, letter, 'mid'),
            ];
          }),
          ...(hw === undefined
            ? []
            : [stroke([110 + hw * cell, y - 4], [110 + hw * cell, y + 34], 'cut')]),
          ...(cut === undefined
            ? []
            : [stroke([112 + cut * cell, y + 28], [152 + cut * cell, y + 2], 'cut')]),
          write(350, y + 20, note, 'small soft'),
        ];
      }),
    ];
  });
  return picture({ title, width, height: frames.length * frameHeight + 14 }, shapes);
}

function placement() {
  const brokers = [1, 2, 3];
  const shapes = [write(20, 30, 'partition', 'soft small')];
  brokers.forEach((id, column) =>
    shapes.push(write(190 + column * 130, 30, `broker ${id}`, 'mid strong')),
  );
  for (let partition = 0; partition < 5; partition += 1) {
    const y = 44 + partition * 38;
    shapes.push(write(40, y + 20, `orders-${partition}`));
    brokers.forEach((_, column) => {
      const replica = (column - partition + 6) % 3;
      const x = 130 + column * 130;
      const words = replica === 0 ? 'preferred leader' : `replica ${replica + 1}`;
      shapes.push(
        box([x, y, 120, 30], replica === 0 ? 'one' : ''),
        write(x + 60, y + 20, words, 'mid small'),
      );
    });
  }
  return picture(
    {
      title: 'Where the replicas of five partitions lie on three brokers',
      width: 530,
      height: 246,
    },
    shapes,
  );
}

const [A, B, D, E] = [
  ['a', 'one'],
  ['b', 'one'],
  ['d', 'one'],
  ['e', 'two'],
];
const C = ['c', 'one'];

export const PICTURES = new Map([
  ['placement', placement()],
  [
    'election',
    conversation({
      title: 'A controller dies and another broker takes its place',
      parties: ['broker 1', 'ZooKeeper', 'broker 2'],
      gap: 250,
      steps: [
        ['broker 1', 'ZooKeeper', 'create /controller, set epoch 1'],
        ['broker 2', 'ZooKeeper', 'watch /controller'],
        ['broker 1', 'dies'],
        ['ZooKeeper', 'session of 1 expires'],
        ['ZooKeeper', 'broker 2', '/controller is gone'],
        ['broker 2', 'ZooKeeper', 'create /controller, set epoch 2'],
        ['ZooKeeper', 'broker 2', 'brokers, topics, states'],
        ['broker 2', 'is controller'],
      ],
    }),
  ],
  [
    'failover',
    conversation({
      title: 'The leader of a partition dies and a member of its ISR leads on',
      parties: ['broker 1', 'ZooKeeper', 'controller', 'broker 2', 'client'],
      gap: 215,
      steps: [
        ['broker 1', 'leads, dies'],
        ['ZooKeeper', 'session of 1 expires'],
        ['ZooKeeper', 'controller', '/brokers/ids/1 is gone'],
        ['controller', 'ZooKeeper', 'state: leader 2, epoch + 1'],
        ['controller', 'broker 2', 'LeaderAndIsr: lead'],
        ['broker 2', 'leads'],
        ['controller', 'broker 2', 'UpdateMetadata (to all)'],
        ['client', 'broker 2', 'Metadata, then Produce'],
      ],
    }),
  ],
  [
    'isr',
    logs({
      title: 'A follower falls behind, leaves the ISR, and comes back',
      frames: [
        {
          words: 'ISR 1,2,3',
          rows: [
            {
              name: 'broker 1',
              cells: [A, B],
              hw: 2,
              note: 'leader; the line is its high watermark',
            },
            { name: 'broker 2', cells: [A, B] },
            { name: 'broker 3', cells: [A, B] },
          ],
        },
        {
          words: 'broker 3 stands still: nothing new is committed',
          rows: [
            { name: 'broker 1', cells: [A, B, C], hw: 2, note: 'acks=all for c waits' },
            { name: 'broker 2', cells: [A, B, C] },
            { name: 'broker 3', cells: [A, B], note: 'behind, still in the ISR' },
          ],
        },
        {
          words: 'ISR 1,2 after replica.lag.time.max.ms',
          rows: [
            { name: 'broker 1', cells: [A, B, C], hw: 3, note: 'c is committed and acknowledged' },
            { name: 'broker 2', cells: [A, B, C] },
            { name: 'broker 3', cells: [A, B], note: 'not in the ISR: may not lead' },
          ],
        },
        {
          words: 'ISR 1,2,3: broker 3 has caught up',
          rows: [
            { name: 'broker 1', cells: [A, B, C], hw: 3 },
            { name: 'broker 2', cells: [A, B, C] },
            { name: 'broker 3', cells: [A, B, C] },
          ],
        },
      ],
    }),
  ],
  [
    'survival',
    logs({
      title: 'What a high watermark protects and what a leader epoch cuts off',
      frames: [
        {
          words: 'epoch 0: only the leader has d',
          rows: [
            {
              name: 'broker 1',
              cells: [A, B, C, D],
              hw: 3,
              note: 'leader; d is acknowledged with acks=1',
            },
            { name: 'broker 2', cells: [A, B, C] },
            { name: 'broker 3', cells: [A, B, C] },
          ],
        },
        {
          words: 'epoch 1: broker 1 is dead, broker 2 leads',
          rows: [
            { name: 'broker 1', cells: [A, B, C, D], note: 'dead' },
            { name: 'broker 2', cells: [A, B, C, E], hw: 4, note: 'leader; e took offset 3' },
            { name: 'broker 3', cells: [A, B, C, E] },
          ],
        },
        {
          words: 'broker 1 is back: its history parts from the leader’s at offset 3',
          rows: [
            {
              name: 'broker 1',
              cells: [A, B, C, D],
              cut: 3,
              note: 'epoch 0 ended at 3: d is cut off',
            },
            { name: 'broker 2', cells: [A, B, C, E], hw: 4 },
            { name: 'broker 3', cells: [A, B, C, E] },
          ],
        },
        {
          words: 'all logs are the same',
          rows: [
            { name: 'broker 1', cells: [A, B, C, E], note: 'e was fetched' },
            { name: 'broker 2', cells: [A, B, C, E], hw: 4 },
            { name: 'broker 3', cells: [A, B, C, E] },
          ],
        },
      ],
    }),
  ],
  [
    'rebalance',
    conversation({
      title: 'A second member joins a group',
      parties: ['member-1', 'coordinator', 'member-2'],
      gap: 250,
      steps: [
        ['member-2', 'coordinator', 'JoinGroup'],
        ['coordinator', 'PreparingRebalance'],
        ['member-1', 'coordinator', 'Heartbeat'],
        ['coordinator', 'member-1', 'REBALANCE_IN_PROGRESS'],
        ['member-1', 'coordinator', 'JoinGroup'],
        ['coordinator', 'member-1', 'generation 2, you lead, members'],
        ['coordinator', 'member-2', 'generation 2'],
        ['member-1', 'decides who gets what'],
        ['member-1', 'coordinator', 'SyncGroup with all assignments'],
        ['coordinator', 'stores the group'],
        ['coordinator', 'member-1', 'SyncGroup answer: 0, 2'],
        ['coordinator', 'member-2', 'SyncGroup answer: 1, 3'],
      ],
    }),
  ],
]);
