/** Blocks of a page that a scene fills: what lies between `<!-- scene: NAME -->` and `<!-- end of scene -->`. */
import { essence } from './transcript.mjs';

const BLOCK = /(?<=<!-- scene: ([\w-]+) -->\n)([\s\S]*?)(?=<!-- end of scene -->)/g;

const fenced = (text) => `\n\`\`\`text\n${text}\n\`\`\`\n\n`;

/** The page with every block filled anew. A block without a step, or a step without a block, is an error. */
export function fill(page, steps) {
  const missing = new Set(steps.keys());
  const filled = page.replace(BLOCK, (_, name) => {
    if (!steps.has(name)) throw new Error(`no step is called ${name}`);
    missing.delete(name);
    return fenced(steps.get(name));
  });
  if (missing.size > 0) throw new Error(`the page has no place for ${[...missing].join(', ')}`);
  return filled;
}

/** Names of the blocks that say something else than what happened now. */
export function stale(page, steps) {
  const differing = [];
  for (const [, name, content] of page.matchAll(BLOCK)) {
    const said = content.replace(/^\n```text\n|\n```\n\n?$/g, '');
    if (essence(said) !== essence(steps.get(name) ?? '')) {
      differing.push({ name, said: essence(said), happened: essence(steps.get(name) ?? '') });
    }
  }
  return differing;
}
