/** What went wrong between Signalbox and RabbitMQ. */
class BrokerError extends Error {
  /** @param code `SBX_BROKER_<WHAT>` */
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The broker did not take the message, or it is not known whether it did: publish the same event again, later. */
export class BrokerUnavailable extends BrokerError {
  constructor(message: string, options?: ErrorOptions) {
    super('SBX_BROKER_UNAVAILABLE', message, options);
  }
}

/** The broker took the message but has no queue for it: the tenant's topology is missing or has other partitions. */
export class Unroutable extends BrokerError {
  constructor(exchange: string, routingKey: string) {
    super(
      'SBX_BROKER_UNROUTABLE',
      `no queue takes ${routingKey} from exchange ${exchange}; assert the tenant's topology first, with the publisher's number of partitions`,
    );
  }
}

/** An exchange or queue is there already, made with other properties. */
export class TopologyMismatch extends BrokerError {
  constructor(what: string, cause: Error) {
    super(
      'SBX_BROKER_TOPOLOGY',
      `${what} exists with other properties (${cause.message}); let its consumers drain it, delete it, and start again: ` +
        'it is then made anew. Or give Signalbox a virtual host of its own.',
      { cause },
    );
  }
}

/** The body is no canonical event. Keeps the bytes, so that nothing is lost when it is parked. */
export class BadBody extends BrokerError {
  constructor(
    reason: string,
    readonly bytes: Buffer,
  ) {
    super('SBX_BROKER_BAD_BODY', reason);
  }
}
