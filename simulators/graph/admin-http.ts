import type { GraphAdmin } from './admin';
import type { FaultRequest } from './faults';
import type { Values } from './mailbox/item';
import { Refusal } from './refusal';
import type { Answer } from './web/call';

/** A request below `/simulator/`. */
export interface AdminRequest {
  readonly method: string;
  /** Path below `/simulator/`: the resource, then a collection and an id. */
  readonly segments: readonly string[];
  readonly body: unknown;
}

interface Asked {
  /** What follows the resource. */
  readonly path: string;
  /** The same in two: `users/<id>/messages` and an item's id. */
  readonly collection: string;
  readonly id: string;
  readonly given: Values;
}

type Resource = (admin: GraphAdmin, asked: Asked) => unknown;

const resources: Readonly<Record<string, Resource>> = {
  'GET health': () => ({ status: 'ok' }),
  'GET faults': (admin) => admin.faults(),
  'POST faults': (admin, { given }) => {
    admin.fault(given as unknown as FaultRequest);
    return admin.faults();
  },
  'POST users': (admin, { given }) => admin.user(String(given.userPrincipalName)),
  'GET items': (admin, { path }) => admin.items(path),
  'POST items': (admin, { path, given }) => ({ id: admin.create(path, given) }),
  'PATCH items': (admin, { collection, id, given }) => {
    admin.update(collection, id, given);
  },
  'DELETE items': (admin, { collection, id }) => {
    admin.remove(collection, id);
  },
  'POST moves': (admin, { collection, id, given }) => {
    admin.move(collection, id, String(given.folder));
  },
  'PATCH plan-tasks': (admin, { path, given }) => {
    admin.updatePlanTask(path, given);
  },
  'DELETE plan-tasks': (admin, { path }) => {
    admin.removePlanTask(path);
  },
  'POST plans': (admin) => ({ id: admin.addPlan() }),
  'GET plans': (admin, { path }) => admin.planTasks(path),
  'GET subscriptions': (admin) => admin.subscriptions(),
  'GET posts': (admin) => admin.posts(),
  'POST stop': (admin) => {
    // After the answer has gone out.
    setImmediate(() => {
      admin.stop();
    });
    return { status: 'stopping' };
  },
};

/** Answers a request below `/simulator/`. @throws Refusal */
export const answerAdmin = async (admin: GraphAdmin, { method, segments, body }: AdminRequest): Promise<Answer> => {
  const [resource = '', ...rest] = segments;
  const answer = resources[`${method} ${resource}`];
  if (answer === undefined) {
    throw new Refusal(
      404,
      'ResourceNotFound',
      `No such admin resource. There are ${Object.keys(resources).join(', ')}`,
    );
  }
  const given = (typeof body === 'object' && body !== null ? body : {}) as Values;
  const asked = { path: rest.join('/'), collection: rest.slice(0, -1).join('/'), id: rest.at(-1) ?? '', given };
  const told: unknown = await answer(admin, asked);
  return { status: 200, body: told ?? { status: 'done' } };
};
