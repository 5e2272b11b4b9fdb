import { Subscription } from '../../../simulators/salesforce/bus/subscription';

interface Sends {
  write(response: { readonly events: readonly unknown[] }): boolean;
}

let sent = 0;
const heard = new WeakSet<Sends>();
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

/** Events that simulated orgs have sent on all streams so far. */
export function eventsSent(): number {
  return sent;
}
