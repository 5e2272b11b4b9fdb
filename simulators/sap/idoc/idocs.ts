import type { Mesh } from '../mesh/mesh';
import type { Numbers } from '../model/stamps';
import type { Change, Store } from '../odata/store';
import type { Values } from '../odata/values';
import { idocXml, type Segment } from './idoc-xml';
import { customerSegments, orderSegments } from './segments';

/** What a kind of IDoc is made of. */
interface Message {
  readonly idocType: string;
  readonly messageType: string;
  readonly key: string;
  readonly segments: (values: Values, function_: '004' | '009', store: Store) => readonly Segment[];
}

const messages: Readonly<Record<string, Message>> = {
  A_BusinessPartner: {
    idocType: 'DEBMAS01',
    messageType: 'DEBMAS',
    key: 'BusinessPartner',
    segments: customerSegments,
  },
  A_SalesOrder: { idocType: 'ORDERS05', messageType: 'ORDERS', key: 'SalesOrder', segments: orderSegments },
};

/** The topic that IDocs of a message type wait under; they are no events and have none outside. */
export const idocTopic = (messageType: string): string => `idoc/${messageType}`;

/** Sends IDocs of changed master data and orders, once somebody is there to take them. */
export class Idocs {
  /** Whether an outbound port is set up, and whether its IDocs have a control record. */
  port: { readonly withControl: boolean } | undefined;

  constructor(
    private readonly mesh: Mesh,
    private readonly numbers: Numbers,
    private readonly sender: string,
  ) {}

  /** Makes the IDocs of a transaction: one per object. */
  committed(changes: readonly Change[], store: Store): void {
    if (this.port === undefined) return;
    const objects = new Map<string, { change: Change; message: Message }>();
    for (const change of changes) {
      const message = messages[change.row.type.set];
      if (message === undefined || change.kind === 'deleted') continue;
      const id = `${message.messageType}/${String(change.after[message.key])}`;
      const first = objects.get(id)?.change.kind === 'created' ? 'created' : change.kind;
      objects.set(id, { change: { ...change, kind: first }, message });
    }
    for (const { change, message } of objects.values()) this.#send(change, message, store, this.port.withControl);
  }

  #send({ kind, row, author }: Change, message: Message, store: Store, withControl: boolean): void {
    const control = {
      client: '100',
      number: this.numbers.take('idoc', 1_086_065).padStart(16, '0'),
      idocType: message.idocType,
      messageType: message.messageType,
      sender: this.sender,
      receiver: 'SIGNALBOX',
      at: author.at,
    };
    const segments = message.segments(row.values, kind === 'created' ? '009' : '004', store);
    this.mesh.emit(idocTopic(message.messageType), idocXml(control, segments, withControl), 'text/xml');
  }
}
