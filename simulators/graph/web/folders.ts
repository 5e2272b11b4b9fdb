import type { Values } from '../mailbox/item';
import type { Mailboxes } from '../mailbox/mailboxes';
import type { Answer, Call } from './call';

/**
 * Answers a question for the mail folders of a mailbox, for those within one, or for one; undefined where it is none.
 * @throws Refusal
 */
export const answerFolders = (mailboxes: Mailboxes, root: string, { path, query }: Call): Answer | undefined => {
  const [, owner, id, children] = /^(users\/[^/]+)\/mailFolders(?:\/([^/]+)(\/childFolders)?)?$/i.exec(path) ?? [];
  if (owner === undefined) return undefined;
  const { user } = mailboxes.owner(owner);
  const { folders } = user;
  const named = id === undefined ? undefined : mailboxes.folder(user, id);
  if (named !== undefined && children === undefined) return { status: 200, body: folders.shown(named) };
  const all = folders.in(named?.id ?? null).map((folder) => folders.shown(folder));
  return { status: 200, body: pageOf(all, `${root}/${path}`, query) };
};

function pageOf(all: readonly Values[], address: string, query: URLSearchParams): Values {
  const [skip, top] = [Number(query.get('$skip') ?? 0), Number(query.get('$top') ?? 10)];
  const value = all.slice(skip, skip + top);
  if (skip + top >= all.length) return { value };
  const onward = new URLSearchParams(query);
  onward.set('$skip', String(skip + top));
  return { '@odata.nextLink': `${address}?${onward.toString()}`, value };
}
