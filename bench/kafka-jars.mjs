/** Apache Kafka's jars: those in KAFKA_LIBS, or fetched once by Maven into a cache outside the repository. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

import { run } from './processes.mjs';

export const KAFKA_VERSION = '3.9.1';

function cacheFolder() {
  const { ODRADEK_CI_CACHE, XDG_CACHE_HOME } = process.env;
  return ODRADEK_CI_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'odradek-ci');
}

/** The last jar of the list: when it is there, all are. */
function isWhole(folder) {
  return (
    existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('slf4j-reload4j-'))
  );
}

export async function kafkaJars(root) {
  const folder = process.env.KAFKA_LIBS ?? join(cacheFolder(), `kafka-${KAFKA_VERSION}`);
  if (!isWhole(folder)) {
    console.error(`fetching Apache Kafka ${KAFKA_VERSION} into ${folder}`);
    const pom = join(root, 'test/external/pom.xml');
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    await run('mvn', ['-q', '-B', '-f', pom, ...goal], join(tmpdir(), `kafka-jars-${process.pid}`));
  }
  return folder;
}
