/**
 * `odradek health`: whether a broker is ready, said by the exit code, for health checks of containers and load
 * balancers: 0 if it is, 3 if it is there and not ready, 1 if nobody answers. Asked often, so it loads next to nothing.
 */
import type { Command } from 'commander';

import { wholeNumber } from '../arguments';
import { endWith } from '../exit-codes';
import { OperatorError } from '../failure';
import { print } from '../output';

interface Options {
  readonly url?: string;
  readonly metrics?: string;
  readonly bootstrapServer?: string;
  readonly live: boolean;
  readonly timeoutMs: number;
}

/** The port that exporters of JMX metrics have by custom. */
const DEFAULT_METRICS = '127.0.0.1:9404';
const DEFAULT_TIMEOUT_MS = 3_000;
const MAX_TIMEOUT_MS = 600_000;
const OK = 200;
const UNAVAILABLE = 503;

export function define(command: Command): void {
  command
    .option(
      '--metrics <host:port>',
      `the broker's odradek.metrics.listener (default: ${DEFAULT_METRICS})`,
    )
    .option('--url <url>', 'the whole address of its health page, instead')
    .option(
      '-b, --bootstrap-server <host:port>',
      'ask a listener of the broker instead, by the Kafka protocol: any Kafka',
    )
    .option('--live', 'ask only whether it lives, not whether it is ready', false)
    .option(
      '--timeout-ms <ms>',
      'wait no longer than this',
      wholeNumber(1, MAX_TIMEOUT_MS),
      DEFAULT_TIMEOUT_MS,
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const given = [options.url, options.metrics, options.bootstrapServer];
  if (given.filter((each) => each !== undefined).length > 1) {
    throw new OperatorError('give one of --metrics, --url and --bootstrap-server');
  }
  if (options.bootstrapServer === undefined) await askPage(pageOf(options), options.timeoutMs);
  else await askListener(options.bootstrapServer, options.timeoutMs);
}

function pageOf({ url, metrics = DEFAULT_METRICS, live }: Options): URL {
  const text = url ?? `http://${metrics}/health/${live ? 'live' : 'ready'}`;
  if (!URL.canParse(text) || new URL(text).protocol !== 'http:') {
    throw new OperatorError(
      `${text} is no address of a page, as http://127.0.0.1:9404/health/ready`,
    );
  }
  return new URL(text);
}

async function askPage(page: URL, timeoutMs: number): Promise<void> {
  const { httpGet } =
    require('../../platform/node/http-get') as typeof import('../../platform/node/http-get');
  const { status, body } = await httpGet(page, timeoutMs);
  if (status !== OK && status !== UNAVAILABLE) {
    throw new OperatorError(`${page.href} answers ${String(status)}: ${body.trim()}`);
  }
  report(status === OK, body.trim());
}

function report(isReady: boolean, text: string): void {
  print(text);
  if (!isReady) endWith('found');
}

/** Ready is a broker that knows itself and a controller, as its answer to Metadata says. */
async function askListener(address: string, timeoutMs: number): Promise<void> {
  const { askMetadata } = require('../broker-health') as typeof import('../broker-health');
  const { isReady, text } = await askMetadata(address, timeoutMs);
  report(isReady, text);
}
