// Verifies this pack with Node alone: node verify.mjs [HASH]. HASH is a head of the chain that was kept elsewhere.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
const wrong = [];

async function* lines(name) {
  for await (const line of createInterface({ input: createReadStream(here(name)), crlfDelay: Infinity })) {
    if (line !== '') yield JSON.parse(line);
  }
}

// 1. Each block's hash is that of its header, and each header names the hash of the block before.
const blocks = new Map();
let previous = '0'.repeat(64);
let number = 0;
for await (const { header, hash } of lines('blocks.jsonl')) {
  const block = JSON.parse(header);
  number += 1;
  if (block.number !== number) wrong.push(`block ${number} is not there`);
  if (block.previous !== previous) wrong.push(`block ${block.number} does not name the hash of the block before`);
  if (sha256(header) !== hash) wrong.push(`block ${block.number}: its hash is not that of its header`);
  blocks.set(block.number, { ...block, hash });
  number = block.number;
  previous = hash;
}

// 2. The entries of each block of this pack are those that it was sealed with.
const roots = new Map();
const entries = new Map();
for await (const { block, line } of lines('entries.jsonl')) {
  const root = roots.get(block) ?? { hash: createHash('sha256'), count: 0 };
  root.hash.update(`${line}\n`);
  root.count += 1;
  roots.set(block, root);
  const [kind, key, , kept, content, state] = line.split('\t');
  entries.set(`${block} ${kind} ${key} ${state}`, { kept, content });
}
for (const [block, { hash, count }] of roots) {
  const sealed = blocks.get(block);
  if (sealed === undefined) wrong.push(`block ${block} has entries and is not there`);
  else if (sealed.entries !== count || sealed.root !== hash.digest('hex')) {
    wrong.push(`block ${block}: its entries are not those that it was sealed with`);
  }
}

// 3. The rows have the digests of their entries.
const counts = { whole: 0, emptied: 0, superseded: 0, gone: 0 };
for await (const row of lines('rows.jsonl')) {
  const name = `${row.block} ${row.kind} ${row.key} ${row.sealed}`;
  const entry = entries.get(name);
  counts[row.state] += 1;
  if (entry === undefined) wrong.push(`${row.kind} ${row.key} of block ${row.block} was never sealed`);
  else if (row.state !== 'gone' && sha256(row.kept) !== entry.kept) wrong.push(`${row.kind} ${row.key} was altered`);
  else if (row.content !== undefined && sha256(Buffer.from(row.salt ?? '', 'hex'), row.content) !== entry.content) {
    wrong.push(`${row.kind} ${row.key} was altered`);
  }
  entries.delete(name);
}
for (const name of entries.keys()) wrong.push(`the row of entry ${name} is not in the pack`);

// 4. The chain has the head that was kept elsewhere.
const [, , head] = process.argv;
if (head !== undefined && ![...blocks.values()].some(({ hash }) => hash === head)) {
  wrong.push(`no block has the hash ${head}: the chain was cut or written anew since it was kept`);
}

console.log(`${blocks.size} blocks, the newest ${previous}`);
console.log(
  `rows: ${counts.whole} whole, ${counts.emptied} emptied by an erasure, ${counts.superseded} emptied since, ${counts.gone} gone`,
);
for (const what of wrong) console.log(`WRONG: ${what}`);
console.log(wrong.length === 0 ? 'nothing was altered' : `${wrong.length} findings`);
process.exitCode = wrong.length === 0 ? 0 : 1;
