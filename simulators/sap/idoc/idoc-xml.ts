/** A segment: fields as text, segments below as lists. */
export interface Segment {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly below?: readonly Segment[];
}

/** What the control record says. */
export interface Control {
  readonly client: string;
  /** 16 digits, unique in the client. */
  readonly number: string;
  readonly idocType: string;
  readonly messageType: string;
  /** Logical system of the sender. */
  readonly sender: string;
  /** Logical system of the receiver. */
  readonly receiver: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const element = ([name, value]: readonly [string, string]): string => `<${name}>${escape(value)}</${name}>`;

const segmentXml = ({ name, fields, below = [] }: Segment): string =>
  `<${name} SEGMENT="1">${Object.entries(fields).map(element).join('')}${below.map(segmentXml).join('')}</${name}>`;

/** Control record EDI_DC40 of an IDoc that leaves SAP. */
const controlSegment = (control: Control): Segment => {
  const stamp = new Date(control.at).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
  return {
    name: 'EDI_DC40',
    fields: {
      TABNAM: 'EDI_DC40',
      MANDT: control.client,
      DOCNUM: control.number,
      DOCREL: '757',
      STATUS: '30',
      DIRECT: '1',
      OUTMOD: '2',
      IDOCTYP: control.idocType,
      MESTYP: control.messageType,
      SNDPOR: 'SAPS4H',
      SNDPRT: 'LS',
      SNDPRN: control.sender,
      RCVPOR: 'SIGNALBOX',
      RCVPRT: 'LS',
      RCVPRN: control.receiver,
      CREDAT: stamp.slice(0, 8),
      CRETIM: stamp.slice(8),
      SERIAL: stamp,
    },
  };
};

/** An IDoc in its XML form. Without a control where the producer leaves it out, as many do. */
export const idocXml = (control: Control, segments: readonly Segment[], withControl: boolean): string => {
  const all = withControl ? [controlSegment(control), ...segments] : segments;
  const body = all.map(segmentXml).join('');
  return `<?xml version="1.0" encoding="UTF-8"?><${control.idocType}><IDOC BEGIN="1">${body}</IDOC></${control.idocType}>`;
};
