import type { Admin, OutboundRequest } from './admin';
import type { FaultRequest } from './faults';
import type { FieldDefinition } from './org/definitions';
import { notFound, Refusal } from './org/refusal';
import type { Answer } from './rest/call';

type Given = Readonly<Record<string, unknown>>;

/** A request below `/simulator/`. */
export interface AdminRequest {
  readonly method: string;
  /** Path below `/simulator/`: the resource and at most one name. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

const bad = (message: string): Refusal => new Refusal(400, 'INVALID_INPUT', message);

const text = (given: Given, name: string): string => {
  const value = given[name];
  if (typeof value === 'string') return value;
  throw bad(`The request needs '${name}'`);
};

const list = (given: Given, name: string): readonly unknown[] => {
  const value = given[name];
  if (Array.isArray(value)) return value;
  throw bad(`The request needs a list '${name}'`);
};

type Resource = (admin: Admin, name: string, given: Given, query: URLSearchParams) => unknown;

const resources: Readonly<Record<string, Resource>> = {
  'GET health': () => ({ status: 'ok' }),
  'GET faults': (admin) => admin.faults(),
  'POST faults': (admin, _, given) => {
    admin.fault(given as unknown as FaultRequest);
    return admin.faults();
  },
  'GET records': (admin, object) => admin.records(object),
  'POST records': (admin, object, given) => ({ id: admin.create(object, given) }),
  'PATCH records': (admin, id, given) => {
    admin.update(id, given);
    return { id };
  },
  'DELETE records': (admin, id) => {
    admin.remove(id);
    return { id };
  },
  'POST undelete': (admin, id) => {
    admin.undelete(id);
    return { id };
  },
  'GET events': (admin, _, __, query) => admin.events(query.get('topic') ?? '/data/ChangeEvents'),
  'GET writes': (admin) => admin.writes(),
  'POST convert-lead': (admin, _, given) => admin.convertLead(text(given, 'leadId'), given['opportunity'] !== false),
  'POST complete-task': (admin, _, given) => {
    admin.completeTask(text(given, 'taskId'));
    return { id: given['taskId'] };
  },
  'POST close-case': (admin, _, given) => {
    admin.closeCase(text(given, 'caseId'));
    return { id: given['caseId'] };
  },
  'GET outbound': (admin) => admin.outboundAttempts(),
  'POST outbound': (admin, _, given) => {
    admin.sendOutbound(given as unknown as OutboundRequest);
  },
  'POST fields': (admin, object, given) => {
    admin.addFields(object, list(given, 'fields') as readonly FieldDefinition[]);
    return { object };
  },
  'DELETE fields': (admin, object, given) => {
    admin.removeFields(object, list(given, 'names') as readonly string[]);
    return { object };
  },
  'POST stop': (admin) => {
    // After the answer has gone out.
    setImmediate(() => {
      admin.stop();
    });
    return { status: 'stopping' };
  },
};

/** Answers a request below `/simulator/`. @throws Refusal */
export const answerAdmin = (admin: Admin, request: AdminRequest): Answer => {
  const [resource = '', name = ''] = request.segments;
  const answer = resources[`${request.method} ${resource}`];
  if (answer === undefined) throw notFound(`No such admin resource. There are ${Object.keys(resources).join(', ')}`);
  const given = (typeof request.body === 'object' && request.body !== null ? request.body : {}) as Given;
  return { status: 200, body: answer(admin, name, given, request.query) };
};
