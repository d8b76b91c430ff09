/**
 * What runs in the matrix page: two plots for each dimension from the data that stands in the page, drawn again
 * when the width or the colour scheme changes. It is text, since it belongs to a browser.
 */
export const PAGE_SCRIPT = `
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const HEIGHT = 270;
  const LATENCIES = [
    ['average', 'averageMs', '--c1'], ['50th', 'p50Ms', '--c2'], ['95th', 'p95Ms', '--c3'],
    ['99th', 'p99Ms', '--c4'], ['99.9th', 'p999Ms', '--c5'],
  ];
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (value) => value == null ? '' : value.toLocaleString('en', { maximumSignificantDigits: 4 });
  /** A logarithmic scale has no zero: what is below a microsecond is drawn there. */
  const logarithmic = (value) => Math.max(value, 0.001);

  const axis = (label, size) => ({
    label, size, labelSize: 22, stroke: colour('--text'), labelFont: '13px system-ui, sans-serif', font: '12px system-ui, sans-serif',
    grid: { stroke: colour('--grid'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 },
  });
  const across = (dimension, values) => ({
    ...axis(dimension.unit === '' ? dimension.name : dimension.name + ' (' + dimension.unit + ')', 32),
    grid: { show: false },
    splits: () => values.map((_, at) => at),
    values: (_, splits) => splits.map((at) => values[at] ?? ''),
  });
  const frame = (count) => ({
    height: HEIGHT,
    padding: [14, 10, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
    scales: { x: { time: false, range: [-0.6, count - 0.4] } },
  });

  const throughput = (dimension, width) => {
    const values = dimension.rows.map((row) => row.value);
    const base = frame(values.length);
    return [{
      ...base, width,
      scales: { ...base.scales, y: { range: (_, low, high) => [0, high * 1.12 || 1] } },
      axes: [across(dimension, values), { ...axis('MB/s', 58), values: (_, marks) => marks.map(number) }],
      series: [
        { label: dimension.name, value: (_, at) => values[at] ?? '' },
        { label: 'throughput (MB/s)', stroke: colour('--bar'), fill: colour('--bar'), width: 0,
          value: (_, mb, __, at) => at == null ? '' : number(mb) + ', or ' + Math.round(dimension.rows[at].recordsPerSecond).toLocaleString('en') + ' records/s',
          paths: uPlot.paths.bars({ size: [0.55, 70], radius: 0.06 }), points: { show: false } },
      ],
      hooks: { draw: [labels] },
    }, [values.map((_, at) => at), dimension.rows.map((row) => row.mbPerSecond)]];
  };

  /** Each bar carries its number: the plot is read without a pointer. */
  const labels = (plot) => {
    const { ctx } = plot;
    ctx.save();
    ctx.fillStyle = colour('--text');
    ctx.font = 12 * devicePixelRatio + 'px system-ui, sans-serif';
    ctx.textAlign = 'center';
    plot.data[0].forEach((at) => {
      const value = plot.data[1][at];
      ctx.fillText(number(value), plot.valToPos(at, 'x', true), plot.valToPos(value, 'y', true) - 6 * devicePixelRatio);
    });
    ctx.restore();
  };

  const latency = (dimension, width) => {
    const values = dimension.rows.map((row) => row.value);
    const base = frame(values.length);
    return [{
      ...base, width,
      scales: { ...base.scales, y: { distr: 3, log: 10 } },
      axes: [across(dimension, values), { ...axis('latency (ms, logarithmic)', 58), values: (_, marks) => marks.map((mark) => mark == null ? '' : number(mark)) }],
      series: [
        { label: dimension.name, value: (_, at) => values[at] ?? '' },
        ...LATENCIES.map(([label, , name]) => ({
          label, stroke: colour(name), width: 2, value: (_, ms) => ms == null ? '' : number(ms) + ' ms',
          points: { show: true, size: 7, fill: colour(name), stroke: colour(name) },
          ...(label === 'average' ? { dash: [6, 4] } : {}),
        })),
      ],
    }, [values.map((_, at) => at), ...LATENCIES.map(([, field]) => dimension.rows.map((row) => logarithmic(row[field])))]];
  };

  let drawn = [];
  const draw = () => {
    drawn.forEach((plot) => plot.destroy());
    drawn = data.dimensions.flatMap((dimension, index) => [['throughput', throughput], ['latency', latency]].map(([kind, make]) => {
      const place = document.getElementById(kind + '-' + index);
      return new uPlot(...make(dimension, place.clientWidth), place);
    }));
  };
  draw();
  let width = document.body.clientWidth;
  addEventListener('resize', () => {
    if (document.body.clientWidth === width) return;
    width = document.body.clientWidth;
    draw();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
`;
