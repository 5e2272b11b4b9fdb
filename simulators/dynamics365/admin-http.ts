import type { Dynamics365Admin, Reference, WebhookTarget } from './api';
import type { FaultRequest } from './faults';
import { invalidArgument, Refusal } from './org/refusal';
import type { Answer } from './web/call';

type Given = Readonly<Record<string, unknown>>;

/** A request below `/simulator/`. */
export interface AdminRequest {
  readonly method: string;
  /** Path below `/simulator/`: the resource, a table and an id. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

const member = <T>(given: Given, name: string, isFit: (value: unknown) => value is T): T => {
  const value = given[name];
  if (isFit(value)) return value;
  throw invalidArgument(`The request needs '${name}'`);
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isReference = (value: unknown): value is Reference =>
  typeof value === 'object' && value !== null && 'table' in value && 'id' in value;

interface Asked {
  readonly table: string;
  readonly id: string;
  readonly given: Given;
  /** systemuserid to act as. */
  readonly as: string | undefined;
}

type Resource = (admin: Dynamics365Admin, asked: Asked) => unknown;

const resources: Readonly<Record<string, Resource>> = {
  'GET health': () => ({ status: 'ok' }),
  'GET faults': (admin) => admin.faults(),
  'POST faults': (admin, { given }) => {
    admin.fault(given as unknown as FaultRequest);
    return admin.faults();
  },
  'GET records': (admin, { table, id }) => (id === '' ? admin.records(table) : (admin.record(table, id) ?? null)),
  'POST records': async (admin, { table, given, as }) => ({ id: await admin.create(table, given, as) }),
  'PATCH records': (admin, { table, id, given, as }) => admin.update(table, id, given, as),
  'DELETE records': (admin, { table, id, as }) => admin.remove(table, id, as),
  'POST hidden': (admin, { given }) => {
    admin.hide(member(given, 'id', isText));
  },
  'POST person': (admin, { given }) => ({ id: admin.person(member(given, 'fullName', isText)) }),
  'POST assign': (admin, { table, id, given, as }) => admin.assign(table, id, member(given, 'owner', isReference), as),
  'POST state': (admin, { table, id, given, as }) => {
    const { status } = given;
    return admin.setState(table, id, member(given, 'state', isNumber), isNumber(status) ? status : undefined, as);
  },
  'POST associate': (admin, { given, as }) =>
    admin.associate(
      member(given, 'from', isReference),
      member(given, 'relationship', isText),
      member(given, 'to', isReference),
      as,
    ),
  'POST disassociate': (admin, { given, as }) =>
    admin.disassociate(
      member(given, 'from', isReference),
      member(given, 'relationship', isText),
      member(given, 'to', isReference),
      as,
    ),
  'POST qualify-lead': (admin, { given, as }) => admin.qualifyLead(member(given, 'leadId', isText), as),
  'POST complete-task': (admin, { given, as }) => admin.completeTask(member(given, 'taskId', isText), as),
  'POST resolve-case': (admin, { given, as }) => admin.resolveCase(member(given, 'caseId', isText), as),
  'POST webhooks': (admin, { given }) => ({ id: admin.registerWebhook(given as unknown as WebhookTarget) }),
  'DELETE webhooks': (admin, { table }) => {
    admin.removeWebhook(table);
  },
  'GET posts': (admin) => admin.posts(),
  'GET counts': (admin) => admin.counts(),
  'GET writes': (admin) => admin.writes(),
  'POST stop': (admin) => {
    // After the answer has gone out.
    setImmediate(() => {
      admin.stop();
    });
    return { status: 'stopping' };
  },
};

/** Answers a request below `/simulator/`. @throws Refusal */
export const answerAdmin = async (admin: Dynamics365Admin, request: AdminRequest): Promise<Answer> => {
  const [resource = '', table = '', id = ''] = request.segments;
  const answer = resources[`${request.method} ${resource}`];
  if (answer === undefined) {
    const known = Object.keys(resources).join(', ');
    throw new Refusal(404, '', `No such admin resource. There are ${known}`);
  }
  const given = (typeof request.body === 'object' && request.body !== null ? request.body : {}) as Given;
  const body = await answer(admin, { table, id, given, as: request.query.get('as') ?? undefined });
  return { status: 200, body: body === undefined ? { status: 'done' } : body };
};
