import type { Admin, IdocRequest, SubscribeRequest } from './admin';
import type { FaultRequest } from './faults';
import { json, type HttpAnswer, type HttpRequest } from './http/message';
import { ODataError } from './odata/odata-error';
import type { Body } from './odata/writing';
import { V2Error } from './v2/v2-error';

/** What a resource gets: the names in its path, and the body. */
interface Given {
  readonly set: string;
  readonly id: string;
  readonly body: Body;
}

type Resource = (admin: Admin, given: Given) => unknown;

const resources: Readonly<Record<string, Resource>> = {
  'GET health': () => ({ status: 'ok' }),
  'GET faults': (admin) => admin.faults(),
  'POST faults': (admin, { body }) => {
    admin.fault(body as unknown as FaultRequest);
    return admin.faults();
  },
  'GET records': (admin, { set, id }) => (id === '' ? admin.records(set) : admin.record(set, id)),
  'POST records': (admin, { set, body }) => ({ id: admin.create(set, body) }),
  'PATCH records': (admin, { set, id, body }) => {
    admin.update(set, id, body);
    return { id };
  },
  'DELETE records': (admin, { set, id }) => {
    admin.remove(set, id);
    return { id };
  },
  'GET v2': ({ v2 }, { set, id }) => (id === '' ? v2.records(set) : v2.record(set, id)),
  'POST v2': ({ v2 }, { set, body }) => ({ id: v2.create(set, body) }),
  'PATCH v2': ({ v2 }, { set, id, body }) => {
    v2.update(set, id, body);
    return { id };
  },
  'DELETE v2': ({ v2 }, { set, id }) => {
    v2.remove(set, id);
    return { id };
  },
  'GET events': (admin) => admin.events(),
  'GET deliveries': (admin) => admin.deliveries(),
  'GET writes': (admin) => admin.writes(),
  'GET counts': (admin) => admin.counts(),
  'POST webhooks': (admin, { body }) => admin.subscribe(body as unknown as SubscribeRequest),
  'POST idocs': async (admin, { body }) => {
    await admin.subscribeIdocs(body as unknown as IdocRequest);
    return { status: 'active' };
  },
  'DELETE webhooks': (admin, { set }) => {
    admin.unsubscribe(set);
    return { name: set };
  },
  'POST stop': (admin) => {
    // After the answer has gone out.
    setImmediate(() => {
      admin.stop();
    });
    return { status: 'stopping' };
  },
};

/** Answers a request below `/simulator/`. */
export const answerAdmin = async (admin: Admin, { method, url, body }: HttpRequest): Promise<HttpAnswer> => {
  const [, , resource = '', set = '', id = ''] = url.pathname.split('/').map(decodeURIComponent);
  const answer = resources[`${method} ${resource}`];
  if (answer === undefined) {
    return json(404, { error: `no such admin resource; there are ${Object.keys(resources).join(', ')}` });
  }
  try {
    const given = (body.length === 0 ? {} : JSON.parse(body.toString('utf8'))) as Body;
    return json(200, await answer(admin, { set, id, body: given }));
  } catch (error) {
    const status = error instanceof ODataError || error instanceof V2Error ? error.status : 400;
    return json(status, { error: error instanceof Error ? error.message : String(error) });
  }
};
