import type { Graph } from '../graph';
import type { Item, Values } from '../mailbox/item';
import { changeKeyOf } from '../mailbox/item';
import type { Place } from '../mailbox/mailboxes';
import { shown } from '../notifications/subscriptions';
import { badRequest, notFound, Refusal } from '../refusal';
import { answerPlanner } from '../planner/answer';
import type { Answer, Call } from './call';
import { answerFolders } from './folders';
import { pageOf, selected } from './query';

/** Answers a request of the API. @throws Refusal */
export const answerApi = async (graph: Graph, call: Call): Promise<Answer> => {
  const { path } = call;
  demandRole(graph.roles, call);
  if (path === 'subscriptions') return answerSubscriptions(graph, call);
  if (path.startsWith('subscriptions/')) return answerSubscription(graph, call);
  if (path.startsWith('planner/')) return answerPlanner(graph.plans, call);
  return (call.method === 'GET' ? answerSpecial(graph, call) : undefined) ?? answerMailbox(graph, call);
};

/** The first part of the names of permissions by what a path leads to, and how the service refuses who has none. */
const guarded: readonly (readonly [path: RegExp, permission: string, code: string, text: string])[] = [
  [/(^|\/)messages(\/|$)/i, 'Mail', 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'],
  [/(^|\/)events(\/|$)/i, 'Calendars', 'ErrorAccessDenied', 'Access is denied. Check credentials and try again.'],
  [
    /^planner\/|\/todo\//i,
    'Tasks',
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
  ],
];

/** Whoever may write may read. @throws Refusal */
function demandRole(roles: readonly string[], { method, path }: Call): void {
  for (const [leadsThere, permission, code, text] of guarded) {
    const may = roles.some((role) => {
      const [name, right] = role.split('.');
      return name === permission && (right === 'ReadWrite' || (method === 'GET' && right === 'Read'));
    });
    if (leadsThere.test(path) && !may) throw new Refusal(403, code, text);
  }
}

/** What is no collection of items. */
function answerSpecial(graph: Graph, call: Call): Answer | undefined {
  const user = /^users\/([^/]+)\/todo\/lists$/i.exec(call.path)?.[1];
  if (user !== undefined) return listsOf(graph, user);
  if (call.path.endsWith('/delta')) return graph.deltas.answer(`${graph.baseUrl}/v1.0`, call);
  return answerFolders(graph.mailboxes, `${graph.baseUrl}/v1.0`, call);
}

function answerMailbox(graph: Graph, call: Call): Answer {
  const { path } = call;
  const [, collection = '', id] = /^(.+?\/(?:messages|events|tasks))(?:\/([^/]+))?$/i.exec(path) ?? [];
  if (collection === '') throw notFound(path);
  const place = graph.mailboxes.place(collection);
  return id === undefined ? answerCollection(graph, place, call) : answerItem(graph, place, id, call);
}

function listsOf({ mailboxes }: Graph, name: string): Answer {
  const user = mailboxes.users.find(({ id, userPrincipalName }) => id === name || userPrincipalName === name);
  if (user === undefined) throw notFound(name);
  const list = {
    id: user.list,
    displayName: 'Tasks',
    isOwner: true,
    isShared: false,
    wellknownListName: 'defaultList',
  };
  return { status: 200, body: { value: [list] } };
}

async function answerSubscriptions({ subscriptions }: Graph, { method, body, clientId }: Call): Promise<Answer> {
  if (method === 'POST') return { status: 201, body: shown(await subscriptions.create(objectIn(body), clientId)) };
  if (method !== 'GET') throw badRequest('The method is not known here.');
  const own = subscriptions.live().filter(({ applicationId }) => applicationId === clientId);
  return { status: 200, body: { value: own.map(shown) } };
}

function answerSubscription({ subscriptions }: Graph, { method, path, body }: Call): Answer {
  const id = path.split('/')[1] ?? '';
  if (method === 'GET') return { status: 200, body: shown(subscriptions.find(id)) };
  if (method === 'PATCH') return { status: 200, body: shown(subscriptions.renew(id, objectIn(body))) };
  if (method !== 'DELETE') throw badRequest('The method is not known here.');
  subscriptions.remove(id);
  return { status: 204 };
}

function answerCollection(graph: Graph, place: Place, { method, path, query, body }: Call): Answer {
  if (method === 'POST')
    return { status: 201, body: selected(graph.mailboxes.create(place, objectIn(body)), expandAll) };
  if (method !== 'GET') throw badRequest('The method is not known here.');
  const { value, next } = pageOf(graph.mailboxes.in(place), query);
  const onward = new URLSearchParams(query);
  onward.set('$skip', String(next));
  const link = next === undefined ? {} : { '@odata.nextLink': `${graph.baseUrl}/v1.0/${path}?${onward.toString()}` };
  return { status: 200, body: { '@odata.context': `${graph.baseUrl}/v1.0/$metadata#${path}`, ...link, value } };
}

/** To Do answers a new task with its linked resources. */
const expandAll = new URLSearchParams({ $expand: 'linkedResources' });

function answerItem({ mailboxes }: Graph, place: Place, id: string, { method, query, headers, body }: Call): Answer {
  const item = mailboxes.find(place, id);
  if (method === 'GET') return { status: 200, body: selected(item, query) };
  demand(item, headers['if-match']);
  if (method === 'PATCH') {
    mailboxes.update(item, objectIn(body));
    return { status: 200, body: selected(item, new URLSearchParams()) };
  }
  if (method !== 'DELETE') throw badRequest('The method is not known here.');
  mailboxes.remove(item);
  return { status: 204 };
}

function demand(item: Item, ifMatch: string | string[] | undefined): void {
  if (ifMatch === undefined || ifMatch === `W/"${changeKeyOf(item.version)}"`) return;
  throw new Refusal(
    412,
    'ErrorIrresolvableConflict',
    'The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.',
  );
}

function objectIn(body: unknown): Values {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Values;
  throw badRequest('The body is not an object.');
}
