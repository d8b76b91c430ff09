/**
 * Checks every relative link of every Markdown file that git knows or would take: the file is there, and so is the
 * heading that an anchor names (spelled as GitHub does). Prints each dead link as `file:line: link` and ends with 1.
 * Arguments are files; without any, all are checked.
 */
'use strict';
const { execFileSync } = require('node:child_process');
const { existsSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');

const LINK = /!?\[(?:[^\][]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()]*\))?)(?:\s+"[^"]*")?\)/g;
const ELSEWHERE = /^[a-z][a-z+.-]*:/i;

function markdownFiles() {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', '*.md'];
  const names = execFileSync('git', args, { encoding: 'utf8' }).split('\0');
  return names.filter((name) => name !== '' && existsSync(name));
}

/** Lines outside of fenced code, with their numbers; inline code is blanked. */
function prose(text) {
  let fence;
  return text.split('\n').flatMap((line, index) => {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined) fence = mark;
    else if (mark !== undefined && mark.startsWith(fence)) fence = undefined;
    else if (fence === undefined) return [{ number: index + 1, line }];
    return [];
  });
}

/** The anchor that GitHub gives a heading, before it numbers those that are alike. */
function slug(heading) {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
  return words
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function anchorsOf(file) {
  const seen = new Map();
  const anchors = new Set();
  for (const { line } of prose(readFileSync(file, 'utf8'))) {
    for (const [, id] of line.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
    const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const base = slug(heading);
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    anchors.add(count === 0 ? base : `${base}-${count}`);
  }
  return anchors;
}

/** Why a link leads nowhere, or `undefined`. */
function flaw(file, link) {
  const [target, anchor] = link.split('#');
  const full = target === '' ? file : path.join(path.dirname(file), decodeURIComponent(target));
  if (!existsSync(full)) return 'no such file';
  if (!anchor || statSync(full).isDirectory() || !full.endsWith('.md')) return undefined;
  return anchorsOf(full).has(anchor) ? undefined : 'no such heading';
}

function deadLinks(file) {
  return prose(readFileSync(file, 'utf8')).flatMap(({ number, line }) =>
    [...line.replace(/`[^`]*`/g, '').matchAll(LINK)].flatMap(([, link]) => {
      if (ELSEWHERE.test(link)) return [];
      const why = flaw(file, link);
      return why === undefined ? [] : [`${file}:${number}: ${link}: ${why}`];
    }),
  );
}

const files = process.argv.length > 2 ? process.argv.slice(2) : markdownFiles();
const dead = files.flatMap(deadLinks);
for (const line of dead) console.error(line);
console.log(`${files.length} files, ${dead.length} dead links`);
process.exitCode = dead.length === 0 ? 0 : 1;
