import type { Values } from '../mailbox/item';
import { badRequest, notFound } from '../refusal';
import type { Answer, Call } from '../web/call';
import type { Plans } from './plans';

/** Answers a request below `planner/`. @throws Refusal */
export const answerPlanner = (plans: Plans, call: Call): Answer => {
  const { method, path, body } = call;
  const plan = /^planner\/plans\/([^/]+)\/tasks$/.exec(path)?.[1];
  if (plan !== undefined && method === 'GET') return { status: 200, body: { value: plans.tasksOf(plan) } };
  if (path === 'planner/tasks' && method === 'POST') return { status: 201, body: plans.create(body as Values) };
  const [, id, details] = /^planner\/tasks\/([^/]+)(\/details)?$/.exec(path) ?? [];
  if (id === undefined) throw notFound(path);
  return details === undefined ? answerTask(plans, id, call) : answerDetails(plans, id, call);
};

function answerTask(plans: Plans, id: string, { method, headers, body }: Call): Answer {
  const ifMatch = headers['if-match'] as string | undefined;
  if (method === 'GET') return { status: 200, body: plans.task(id) };
  if (method === 'PATCH') return changed(plans.update(id, body as Values, ifMatch), headers);
  if (method !== 'DELETE') throw badRequest('The method is not known here.');
  plans.remove(id, ifMatch);
  return { status: 204 };
}

function answerDetails(plans: Plans, id: string, { method, headers, body }: Call): Answer {
  if (method === 'GET') return { status: 200, body: plans.details(id) };
  if (method !== 'PATCH') throw badRequest('The method is not known here.');
  return changed(plans.describe(id, body as Values, headers['if-match'] as string | undefined), headers);
}

/** The new state on request only. */
function changed(body: Values, headers: Call['headers']): Answer {
  return String(headers.prefer).includes('return=representation') ? { status: 200, body } : { status: 204 };
}
