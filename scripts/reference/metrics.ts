/** docs/reference/metrics.md, from the catalogue of metrics. */
import { METRIC_GROUPS } from '../../src/metrics/catalogue';
import type { MetricSpec } from '../../src/metrics/metric-spec';
import { NOT_SHOWN } from '../../src/metrics/not-shown';
import { cell, code, page, table } from './page';
import type { Page } from './page';

const INTRODUCTION = `A broker shows its metrics over HTTP as Prometheus text, on a listener of its own: set
\`odradek.metrics.listener\` to \`host:port\` (\`odradek up --metrics-port 9404\`, \`startCluster({ metricsPort: 0 })\`). It is
not set by default: a \`server.properties\` that is taken over from Kafka opens no port that it did not open there. The
pages have no authentication; bind them to an address that only those reach who look after the cluster.

| Page | Answers |
| --- | --- |
| \`/metrics\` | everything below |
| \`/health/live\` | 200 while the process works at all |
| \`/health/ready\` | 200 if clients can be sent to the broker: its logs are loaded, it is registered in ZooKeeper, it serves, and a controller is known; else 503 with the reasons |

\`odradek health\` asks the last one. GET and HEAD are answered, to few clients at a time: a scrape is made in slices of a
few milliseconds, so that it does not hold up the broker.`;

const NAMES = `Names and labels are those that the usual rules of the Prometheus JMX exporter (its example
\`kafka-2_0_0.yml\`, in lower case) give to the beans of Kafka 3.9, so that dashboards made for them show data. Topics and
groups are shown once more as kafka_exporter does, each by the broker that knows: a partition by its leader, a group by
its coordinator, the list of brokers by the controller. Summaries have the quantiles 0.50, 0.75, 0.95, 0.98, 0.99 and
0.999 over about the last minute, and, which the exporter cannot give, \`_sum\` besides \`_count\`.`;

function rowOf([name, { kind, labelNames, help, bean = '' }]: [string, MetricSpec]): string[] {
  return [code(name), kind, labelNames.map(code).join(', '), cell(help), code(bean)];
}

export const metricsPage: Page = {
  file: 'docs/reference/metrics.md',
  render: () =>
    page(
      'Metrics and health',
      INTRODUCTION,
      NAMES,
      ...METRIC_GROUPS.flatMap(({ title, metrics }) => [
        `## ${title}`,
        table(
          ['Name', 'Kind', 'Labels', 'What it is', 'Bean of Kafka'],
          Object.entries(metrics).map(rowOf),
        ),
      ]),
      '## What Kafka has and Odradek does not',
      'By the name that the rules would give it; `*` stands for anything.',
      table(
        ['Name', 'Why not'],
        NOT_SHOWN.map(({ names, reason }) => [names.map(code).join(', '), cell(reason)]),
      ),
    ),
};
