import { json, headerOf, type HttpAnswer, type HttpRequest } from '../http/message';
import type { Mesh } from './mesh';
import type { Message, Queue } from '../../kit/queue';
import type { WebhookAuth, WebhookSubscription } from './webhook';
import type { Webhooks } from './webhooks';

type Given = Readonly<Record<string, unknown>>;

const problem = (status: number, message: string): HttpAnswer => json(status, { message });
const done: HttpAnswer = { status: 204 };

const text = (given: Given, name: string): string => {
  const value = given[name];
  return typeof value === 'string' ? value : '';
};

const nested = (given: Given, name: string): Given => {
  const value = given[name];
  return typeof value === 'object' && value !== null ? (value as Given) : {};
};

const authOf = (schema: Given): WebhookAuth => {
  if (schema['type'] === 'oauth2') {
    return {
      kind: 'oauth2',
      clientId: text(schema, 'clientId'),
      clientSecret: text(schema, 'clientSecret'),
      tokenUrl: text(schema, 'tokenUrl'),
    };
  }
  if (schema['type'] === 'basic') {
    return { kind: 'basic', user: text(schema, 'user'), password: text(schema, 'password') };
  }
  return { kind: 'none' };
};

const shown = ({ target, status }: WebhookSubscription): object => ({
  name: target.name,
  address: `queue:${target.queue}`,
  qos: 1,
  pushConfig: {
    type: 'webhook',
    endpoint: target.endpoint,
    exemptHandshake: target.exemptHandshake,
    ...(target.contentType === undefined ? {} : { defaultContentType: target.contentType }),
  },
  ...status,
});

/** The management and messaging REST APIs of Event Mesh, behind the token check. */
export class MeshRest {
  readonly #unacknowledged = new Map<string, { readonly queue: Queue; readonly message: Message }>();

  constructor(
    private readonly mesh: Mesh,
    private readonly webhooks: Webhooks,
  ) {}

  /** Answers a request below `/hub/rest/` or `/messagingrest/`. */
  answer(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const segments = request.url.pathname.split('/').slice(1).map(decodeURIComponent);
    const { body } = request;
    let given: Given = {};
    if (segments[2] !== 'topics' && body.length > 0) {
      try {
        given = JSON.parse(body.toString('utf8')) as Given;
      } catch {
        return problem(400, 'The body is not JSON');
      }
    }
    const management = request.url.pathname.startsWith('/hub/rest/api/v1/management/messaging/queues');
    if (management) return this.#queues(request.method, segments.slice(7), given);
    if (segments[2] === 'subscriptions') return this.#subscriptions(request.method, segments.slice(3), given);
    if (segments[2] === 'topics') return this.#publish(request, segments[3] ?? '');
    if (segments[2] === 'queues' && request.method === 'POST') return this.#consume(request, segments.slice(3));
    return problem(404, `There is nothing at ${request.url.pathname}`);
  }

  #queues(method: string, [name, below, topic]: readonly string[], given: Given): HttpAnswer {
    if (name === undefined) return json(200, [...this.mesh.queues.values()].map(showQueue));
    if (below === 'subscriptions') return this.#topics(method, name, topic);
    switch (method) {
      case 'PUT': {
        const known = this.mesh.queues.has(name);
        return json(known ? 200 : 201, showQueue(this.mesh.queue(name, given['accessType'] === 'EXCLUSIVE')));
      }
      case 'DELETE':
        return this.mesh.deleteQueue(name) ? done : problem(404, `no queue '${name}'`);
      default: {
        const queue = this.mesh.queues.get(name);
        return queue === undefined ? problem(404, `no queue '${name}'`) : json(200, showQueue(queue));
      }
    }
  }

  #topics(method: string, name: string, topic: string | undefined): HttpAnswer {
    const queue = this.mesh.queues.get(name);
    if (queue === undefined) return problem(404, `no queue '${name}'`);
    if (topic === undefined) {
      return json(
        200,
        [...queue.topics].map((topicPattern) => ({ queueName: name, topicPattern })),
      );
    }
    // Topics of other namespaces are refused by the rules of the service instance.
    if (!topic.startsWith(`${this.mesh.namespace}/`)) return problem(403, `topic '${topic}' is not permitted`);
    if (method === 'PUT') {
      const known = queue.topics.has(topic);
      queue.topics.add(topic);
      return json(known ? 200 : 201, { queueName: name, topicPattern: topic });
    }
    if (method === 'DELETE') return queue.topics.delete(topic) ? done : problem(404, `no subscription to '${topic}'`);
    return queue.topics.has(topic) ? json(200, { queueName: name, topicPattern: topic }) : problem(404, 'not found');
  }

  #subscriptions(method: string, [name, below]: readonly string[], given: Given): HttpAnswer | Promise<HttpAnswer> {
    if (name === undefined) {
      return method === 'POST' ? this.#subscribe(given) : json(200, this.webhooks.list().map(shown));
    }
    const known = this.webhooks.get(name);
    if (known === undefined) return problem(404, `no subscription '${name}'`);
    if (below === 'handshake') return known.handshake().then(() => json(202, shown(known)));
    if (below === 'state' && method === 'PUT') {
      known.pause(given['action'] === 'pause');
      return json(202, shown(known));
    }
    if (method === 'DELETE') {
      this.webhooks.remove(name);
      return done;
    }
    return json(200, shown(known));
  }

  #subscribe(given: Given): HttpAnswer {
    const push = nested(given, 'pushConfig');
    const [, queue = ''] = /^queue:(.+)$/.exec(text(given, 'address')) ?? [];
    const [name, endpoint] = [text(given, 'name'), text(push, 'endpoint')];
    if (name === '' || endpoint === '' || !this.mesh.queues.has(queue)) {
      return problem(400, 'A subscription needs a name, the address of an existing queue, and pushConfig.endpoint');
    }
    if (this.webhooks.get(name) !== undefined) return problem(409, `subscription '${name}' exists`);
    const contentType = text(push, 'defaultContentType');
    const subscription = this.webhooks.add({
      name,
      queue,
      endpoint,
      auth: authOf(nested(push, 'securitySchema')),
      exemptHandshake: push['exemptHandshake'] === true,
      ...(contentType === '' ? {} : { contentType }),
    });
    // The answer does not wait for the endpoint.
    void subscription.handshake();
    return json(202, shown(subscription));
  }

  #publish({ headers, body, method }: HttpRequest, topic: string): HttpAnswer {
    if (method !== 'POST' || headers['x-qos'] === undefined) return problem(400, 'POST with the header x-qos');
    const contentType = headerOf(headers, 'content-type') ?? 'application/json';
    this.mesh.publish({ topic, body: body.toString('utf8'), contentType });
    return done;
  }

  #consume({ headers }: HttpRequest, segments: readonly string[]): HttpAnswer {
    const [name = '', , what = '', verb] = segments;
    const queue = this.mesh.queues.get(name);
    if (queue === undefined) return problem(404, `no queue '${name}'`);
    if (verb === 'acknowledgement') return this.#acknowledge(what);
    const qos = headerOf(headers, 'x-qos') ?? '';
    if (what !== 'consumption' || !['0', '1'].includes(qos)) return problem(400, 'consumption needs x-qos 0 or 1');
    const message = queue.take();
    if (message === undefined) return done;
    if (qos === '0') queue.settle(message);
    else this.#unacknowledged.set(message.id, { queue, message });
    return {
      status: 200,
      headers: {
        'content-type': message.contentType,
        'x-message-id': message.id,
        'x-qos': qos,
        'x-address': `topic:${message.topic}`,
      },
      body: message.body.toString('utf8'),
    };
  }

  #acknowledge(id: string): HttpAnswer {
    const waiting = this.#unacknowledged.get(id);
    if (waiting === undefined) return problem(404, `no message '${id}' waits to be acknowledged`);
    this.#unacknowledged.delete(id);
    waiting.queue.settle(waiting.message);
    return done;
  }
}

const showQueue = ({ name, exclusive, pending }: Queue): object => ({
  name,
  accessType: exclusive ? 'EXCLUSIVE' : 'NON_EXCLUSIVE',
  messageCount: pending,
});
