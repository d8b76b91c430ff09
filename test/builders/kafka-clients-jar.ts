import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSION = '3.9.1';

/** The jar of Kafka's Java clients: the one that KAFKA_CLIENTS_JAR names, else from Maven, kept between runs. */
export function kafkaClientsJar(): string {
  const named = process.env['KAFKA_CLIENTS_JAR'];
  if (named) return named;
  const folder = join(tmpdir(), 'odradek-kafka-clients');
  const jar = join(folder, `kafka-clients-${VERSION}.jar`);
  if (!existsSync(jar)) {
    const artifact = `org.apache.kafka:kafka-clients:${VERSION}`;
    execFileSync('mvn', [
      '-q',
      '-B',
      'dependency:copy',
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${folder}`,
    ]);
  }
  return jar;
}
