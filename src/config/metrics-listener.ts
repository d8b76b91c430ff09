/** `odradek.metrics.listener`: `host:port`, where a left-out host means all interfaces. */

export interface MetricsListener {
  readonly host: string | undefined;
  /** 0 takes a free one. */
  readonly port: number;
}

const HIGHEST_PORT = 65_535;
const ADDRESS = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s/]*)):(\d{1,5})$/;

/** `undefined` for a text that is no such address. */
export function parseMetricsListener(text: string): MetricsListener | undefined {
  const [, bracketed, plain, portText] = ADDRESS.exec(text) ?? [];
  const port = Number(portText ?? NaN);
  if (!(port <= HIGHEST_PORT)) return undefined;
  return { host: bracketed ?? (plain === '' ? undefined : plain), port };
}
