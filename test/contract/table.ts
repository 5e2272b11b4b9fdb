import { clauseIds, clauses, type ClauseId } from './clauses';
import { waivers } from './waivers';

/** What became of a clause that was asked of one way to hear a CRM. */
type Verdict = 'keeps' | 'waived';

/** What a run of the suite has seen, and the page that tells it. */
export class ContractTable {
  readonly #columns = new Map<string, Map<ClauseId, Verdict>>();

  /** A column in the order of the suite, before any of its clauses is asked. */
  add(column: string): void {
    this.#columns.set(column, new Map());
  }

  saw(column: string, clause: ClauseId, verdict: Verdict): void {
    this.#columns.get(column)?.set(clause, verdict);
  }

  /** Markdown. A clause that was not asked, or not kept, has an empty cell. */
  page(): string {
    const columns = [...this.#columns];
    const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
    const rows = clauseIds.map((id) => {
      const cells = columns.map(([, seen]) => seen.get(id) ?? '');
      return row([`${id} ${clauses[id].title}`, ...cells]);
    });
    const reasons = waivers.map(({ connector, binding, clause, reason, issue }) => {
      const over = binding === undefined ? '' : ` over ${binding}`;
      return `- ${connector}${over}, ${clause}: ${reason} ([${issue}](../issues.md#${issue})).`;
    });
    return [
      '# Who keeps the contract',
      '',
      'Written by the contract suite from its own run (`UPDATE_DOCS=1`), and compared with every later one. The clauses: [connector.md](connector.md). `keeps`: asked, and kept; `waived`: asked, not kept, for the reason below;',
      'empty: not asked, because it has nothing to do with how the CRM is heard.',
      '',
      row(['clause', ...columns.map(([column]) => column)]),
      row(['---', ...columns.map(() => '---')]),
      ...rows,
      '',
      '## Waivers',
      '',
      ...reasons,
      '',
    ].join('\n');
  }
}
