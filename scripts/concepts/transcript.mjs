/** What a step did, as text for a page, and what of that text must be the same when the scene is replayed. */

export const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const seconds = (ms) => `${(Math.max(0, ms) / 1000).toFixed(2)} s`.padStart(7);

function shown(node) {
  const owner = node.stat.ephemeralOwner === 0n ? '' : '  (ephemeral)';
  return `${node.text ?? '(no data)'}${owner}`;
}

/** A znode that came shows its value; one that changed its value before and after, with the znode's versions. */
function change(path, before, after, startMs) {
  if (after === undefined) return { text: [`- ${path}`] };
  const { mzxid: zxid, mtimeMs } = after.stat;
  const when = { zxid, atMs: mtimeMs - startMs };
  if (before === undefined) return { ...when, text: [`+ ${path}`, `    ${shown(after)}`] };
  if (before.stat.mzxid === zxid) return undefined;
  const isNew = before.stat.czxid !== after.stat.czxid;
  const versions = [before, after].map(({ stat }) => `version ${stat.version}`);
  const from = `    ${shown(before)}  ${isNew ? '' : versions[0]}`.trimEnd();
  const to = `  → ${shown(after)}  ${isNew ? 'made anew' : versions[1]}`;
  return { ...when, text: [`~ ${path}`, from, to] };
}

/** Fields of a log line as the text format shows them, but for empty ones and those that say where it comes from. */
export function fieldsOf(fields) {
  return Object.entries(fields)
    .filter(([name, value]) => name !== 'broker' && name !== 'area' && value !== '')
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}

function logLine({ id, level, text, atMs }, startMs) {
  const mark = level === 'info' ? '' : `${level.toUpperCase()} `;
  return `${seconds(atMs - startMs)}  broker ${id}: ${mark}${text}`;
}

/** Znodes first, in the order in which they changed (those that went have no time), then the log. */
export function asText({ startMs, before, after, lines }) {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort(byText);
  const changes = paths.flatMap(
    (path) => change(path, before.get(path), after.get(path), startMs) ?? [],
  );
  changes.sort((a, b) => (a.zxid ?? -1) - (b.zxid ?? -1));
  const znodes = changes.flatMap(({ atMs, text: [head, ...rest] }) => [
    `${atMs === undefined ? '       ' : seconds(atMs)}  ${head}`,
    ...rest.map((line) => `         ${line}`),
  ]);
  const log = lines.sort((a, b) => a.atMs - b.atMs).map((line) => logLine(line, startMs));
  return [...znodes, ...(znodes.length > 0 && log.length > 0 ? [''] : []), ...log].join('\n');
}

/** The text without what differs from run to run: times, ids, addresses, and the order of lines. */
export function essence(text) {
  return text
    .replace(/\d+\.\d+ s/g, '# s')
    .replace(/\d{13}/g, '#')
    .replace(/127\.0\.0\.1:\d+/g, '#')
    .replace(/"port":\d+/g, '"port":#')
    .replace(/"topic_id":"[\w-]+"/g, '"topic_id":"#"')
    .replace(/\b(tookMs|epoch|highWatermark)=\d+/g, '$1=#')
    .replace(/0x[0-9a-f]+/g, '#')
    .replace(/(member-\d)-[\w-]{36}/g, '$1-#')
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '))
    .filter((line) => line !== '')
    .sort(byText)
    .join('\n');
}
