/** What is wrong with settings, one clear line for each of them. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** `source` says where the settings come from, such as the properties file; it begins every line. */
  constructor(
    readonly source: string,
    readonly problems: readonly string[],
  ) {
    super(problems.map((problem) => `${source}: ${problem}`).join('\n'));
  }
}
