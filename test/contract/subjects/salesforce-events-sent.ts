import { Subscription } from '../../../simulators/salesforce/bus/subscription';
import { Clients } from '../../../simulators/salesforce/cometd/clients';

interface Sends {
  write(response: { readonly events: readonly unknown[] }): boolean;
}

interface Delivers {
  deliver(clientId: string, messages: readonly unknown[]): boolean;
}

let sent = 0;
const heard = new WeakSet<Sends | Delivers>();
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the subscription below
const { deliver } = Subscription.prototype;

// The simulator keeps no count of what it sends, as Salesforce does not: its streams are overheard.
Subscription.prototype.deliver = function (this: Subscription): void {
  const call = Reflect.get(this, 'call') as Sends;
  if (!heard.has(call)) {
    heard.add(call);
    const write = call.write.bind(call);
    call.write = (response) => {
      sent += response.events.length;
      return write(response);
    };
  }
  deliver.call(this);
};

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the clients below
const { emptyQueue } = Clients.prototype;

Clients.prototype.emptyQueue = function (this: Clients, clientId: string): void {
  const server = Reflect.get(this, 'server') as Delivers;
  if (!heard.has(server)) {
    heard.add(server);
    const deliver = server.deliver.bind(server);
    server.deliver = (client, messages) => {
      sent += messages.length;
      return deliver(client, messages);
    };
  }
  emptyQueue.call(this, clientId);
};

/** Events that simulated orgs have sent on all streams so far. */
export function eventsSent(): number {
  return sent;
}
