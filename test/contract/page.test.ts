import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { twins } from './broken/twins';
import { clauseIds, clauses } from './clauses';

const page = readFileSync(join(__dirname, '../../docs/spec/connector.md'), 'utf8');
const stated = [...page.matchAll(/^\*\*(C\d+)\*\* (.+)$/gm)];

describe('the clauses of the contract', () => {
  it('are the same in the page, the suite and the twins', () => {
    expect(stated.map(([, id]) => id)).toEqual(clauseIds);
    expect(Object.keys(twins)).toEqual(clauseIds);
  });

  it('are numbered without a hole', () => {
    expect(clauseIds).toEqual(clauseIds.map((_, index) => `C${index + 1}`));
  });

  it('each say what a connector MUST do', () => {
    for (const [, id, text] of stated) expect(`${id}: ${text}`).toContain('MUST');
  });

  it('have titles that can be told apart', () => {
    expect(new Set(clauseIds.map((id) => clauses[id].title)).size).toBe(clauseIds.length);
  });
});
