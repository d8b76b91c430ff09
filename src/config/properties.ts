/** Reads and writes Java's `.properties` format, as java.util.Properties does. */

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, escaped: string) =>
    escaped.length > 1
      ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
      : (ESCAPES[escaped] ?? escaped),
  );
}

/** Lines that go on (odd number of backslashes at their end) joined; blank lines and comments dropped. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let begun: string | undefined;
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.replace(/^[ \t\f]+/, '');
    if (begun === undefined && (line === '' || line.startsWith('#') || line.startsWith('!')))
      continue;
    const whole: string = (begun ?? '') + line;
    const goesOn = (/\\+$/.exec(line)?.[0].length ?? 0) % 2 === 1;
    begun = goesOn ? whole.slice(0, -1) : undefined;
    if (!goesOn) lines.push(whole);
  }
  if (begun !== undefined) lines.push(begun);
  return lines;
}

/** The key ends at the first `=`, `:` or white space that no backslash escapes. A later key replaces an earlier one. */
export function parseProperties(text: string): Record<string, string> {
  const properties: [string, string][] = logicalLines(text).map((line) => {
    const key = /^(?:\\[\s\S]|[^\\=: \t\f])*/.exec(line)?.[0] ?? '';
    const value = line.slice(key.length).replace(/^[ \t\f]*[=:]?[ \t\f]*/, '');
    return [unescape(key), unescape(value)];
  });
  return Object.fromEntries(properties);
}

function escape(text: string, special: RegExp): string {
  const names: Readonly<Record<string, string>> = { '\t': 't', '\n': 'n', '\r': 'r', '\f': 'f' };
  return text
    .replace(special, (character) => `\\${names[character] ?? character}`)
    .replace(
      /[^ -~]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** One `key=value` line each, in the order given, with a line break after each. */
export function formatProperties(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([key, value]) => {
      const escapedValue = escape(value, /[\\\t\n\r\f]/g).replace(/^ /, '\\ ');
      return `${escape(key, /[\\=: \t\n\r\f#!]/g)}=${escapedValue}\n`;
    })
    .join('');
}
