/**
 * Asks a Prometheus whether it can use what docker/ has for it: every target answers, every alert can be evaluated, and
 * every expression of the dashboards finds something where a running cluster has it. Exit code 1 if not.
 *
 *     node docker/test/prometheus.mjs http://localhost:9090 COUNT-OF-TARGETS
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const DASHBOARDS = fileURLToPath(new URL('../grafana/dashboards/', import.meta.url));
const LIMIT_MS = 90_000;
const RETRY_MS = 1_000;

const [, , address, countOfTargets] = process.argv;

async function ask(path) {
  const answer = await fetch(`${address}/api/v1/${path}`);
  const { status, data, error } = await answer.json();
  if (status !== 'success') throw new Error(`${path}: ${error}`);
  return data;
}

const query = async (expression) =>
  (await ask(`query?query=${encodeURIComponent(expression)}`)).result;

/** Rates need two scrapes: what is not there yet is asked for again. */
async function until(what, problemsNow) {
  const deadlineMs = performance.now() + LIMIT_MS;
  for (;;) {
    const problems = await problemsNow().catch((error) => [error.message]);
    if (problems.length === 0) return console.log(what);
    if (performance.now() > deadlineMs) {
      console.log(`${what}: not so\n  ${problems.join('\n  ')}`);
      process.exit(1);
    }
    await delay(RETRY_MS);
  }
}

function expressionsOfDashboards() {
  return readdirSync(DASHBOARDS).flatMap((file) => {
    const { panels } = JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8'));
    return panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ title, expression: expr.replaceAll(/\$(topic|group)/g, '.*') })),
    );
  });
}

await until('every target answers', async () => {
  const up = await query('up == 1');
  return up.length === Number(countOfTargets) ? [] : [`${up.length} of ${countOfTargets} are up`];
});

await until('every alert can be evaluated', async () => {
  const { groups } = await ask('rules');
  const rules = groups.flatMap((group) => group.rules);
  if (rules.length === 0) return ['there are none'];
  return rules
    .filter(({ health }) => health !== 'ok')
    .map(({ name, health, lastError }) => `${name}: ${health} ${lastError ?? ''}`);
});

await until('every panel has something to show', async () => {
  const empty = [];
  for (const { title, expression } of expressionsOfDashboards()) {
    const found = await query(expression);
    if (found.length === 0) empty.push(`${title}: ${expression}`);
  }
  return empty;
});
