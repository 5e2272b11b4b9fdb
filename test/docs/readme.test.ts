import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { connectors } from '../../connectors/registry';
import { loadModels } from '../../models/registry';
import { loadTenant } from '../../tenants/load';
import { pages, projectRoot } from './project';

interface Page {
  readonly file: string;
  readonly text: string;
}

const all: readonly Page[] = pages().map((file) => ({
  file,
  text: readFileSync(path.join(projectRoot, file), 'utf8'),
}));
/** The same without blocks of code, whose lines are no prose. */
const prose = all.map(({ file, text }) => ({ file, text: text.replace(/^```[\s\S]*?^```/gm, '') }));

/** GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

/** Links to other pages and files, `page: target`, that lead nowhere. */
function brokenLinks({ file, text }: Page): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [to = '', anchor] = target.split('#');
      const at = to === '' ? path.join(projectRoot, file) : path.join(projectRoot, path.dirname(file), to);
      if (!existsSync(at)) return true;
      return anchor !== undefined && !anchorsOf(at).includes(anchor);
    })
    .map((target) => `${file}: ${target}`);
}

const folders = [
  'activities|assistant|broker|canonical-schema|cli|connectors|deploy|docs|ledger|models|services|simulators|tenants|test|workflows',
];
const quotedPath = new RegExp(`\`((?:${folders.join('|')})/[\\w./@-]*)\``, 'g');

/** Paths within the project that a page names in backticks and that are not there: from the root, or beside the page. */
function missingPaths({ file, text }: Page): readonly string[] {
  return [...text.matchAll(quotedPath)]
    .map(([, named = '']) => named)
    .filter(
      (named) =>
        ![projectRoot, path.dirname(path.join(projectRoot, file))].some((at) => existsSync(path.join(at, named))),
    )
    .map((named) => `${file}: ${named}`);
}

describe('the pages', () => {
  it('link to what is there', () => {
    expect(prose.flatMap(brokenLinks)).toEqual([]);
  });

  it('name files and folders that are there', () => {
    expect(prose.flatMap(missingPaths)).toEqual([]);
  });

  it('index every decision record', () => {
    const index = readFileSync(path.join(projectRoot, 'docs', 'adr', 'README.md'), 'utf8');
    const records = all.flatMap(({ file }) => /^docs\/adr\/(\d{4}-.+\.md)$/.exec(file)?.[1] ?? []);
    expect(records.length).toBeGreaterThan(0);
    for (const record of records) expect(index).toContain(`](${record})`);
  });
});

describe('the tenant files on the pages', () => {
  const blocks = all.flatMap(({ file, text }) =>
    [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => ({ file, yaml })),
  );

  /** As long as any secret has to be. */
  const secret = 'a secret of 32 characters or more';

  it('are there', () => {
    expect(blocks.length).toBeGreaterThan(1);
  });

  it.each(blocks)('in $file are valid', async ({ yaml }) => {
    const models = await loadModels(path.join(projectRoot, 'models'));
    const file = 'tenant.yaml';
    const env = Object.fromEntries([...yaml.matchAll(/env:(\w+)/g)].map(([, name = '']) => [name, secret]));
    const readFile = (wanted: string): string => (wanted === file ? yaml : secret);
    const { tenant } = loadTenant(file, { connectors: [...connectors.values()], models, env, readFile });
    expect(tenant).toBe((parse(yaml) as { readonly tenant: string }).tenant);
  });
});
