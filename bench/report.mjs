/** Results as markdown tables: both values, their ratio, and whether the goal is met. */
import { FIGURES } from './figures.mjs';
import { median } from './measure.mjs';

const format = (value, digits = 0) => (Number.isFinite(value) ? value.toFixed(digits) : '–');

function verdict(goal, ratio) {
  if (!goal || !Number.isFinite(ratio)) return '';
  const [bound, isMet] =
    goal.atLeast === undefined
      ? [`≤ ${goal.atMost}`, ratio <= goal.atMost]
      : [`≥ ${goal.atLeast}`, ratio >= goal.atLeast];
  return `${bound}: ${isMet ? 'met' : 'not met'}`;
}

function row(name, rounds, goal) {
  const { title, digits, hasRatio = true } = FIGURES[name];
  const medianOf = (system) => median(rounds.map((round) => round[system][name]));
  const ratios = rounds.map(({ odradek, kafka }) => odradek[name] / kafka[name]);
  const ratio = hasRatio ? median(ratios) : NaN;
  const spread =
    hasRatio && ratios.length > 1 ? ` (${ratios.map((each) => format(each, 2)).join(', ')})` : '';
  const cells = [
    title,
    format(medianOf('odradek'), digits),
    format(medianOf('kafka'), digits),
    `${format(ratio, 2)}${spread}`,
    verdict(goal, ratio),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** `rounds`: of each round the figures of both systems. Rounds in which one side failed do not count. */
export function scenarioReport(scenario, rounds) {
  const whole = rounds.filter(({ odradek, kafka }) => odradek && kafka);
  const lines = [`### ${scenario.title} (\`${scenario.name}\`)`, ''];
  for (const { failure } of rounds)
    if (failure) lines.push(`Failed: ${failure.split('\n')[0]}`, '');
  if (whole.length === 0) return lines.join('\n');
  lines.push(
    '| figure | Odradek | Kafka | ratio (each round) | goal |',
    '| --- | --- | --- | --- | --- |',
  );
  for (const name of Object.keys(whole[0].odradek)) {
    lines.push(row(name, whole, scenario.goals[name]));
  }
  return `${lines.join('\n')}\n`;
}
