import type { FieldDefinition } from '../org/definitions';
import type { ObjectType, Values } from '../org/object-type';
import { renderRecord } from '../rest/render';

/** One record that an outbound message tells of. */
export interface Notified {
  /** Of the notification, `04l…`: the same however often it is sent. */
  readonly id: string;
  readonly type: ObjectType;
  readonly values: Values;
}

/** What a message says of itself. */
export interface MessageHead {
  readonly organizationId: string;
  /** `04k…` */
  readonly actionId: string;
  /** Undefined where the action does not send it. */
  readonly sessionId: string | undefined;
}

const address = 'https://acme.my.salesforce.com/services/Soap';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const doubles = new Set(['double', 'currency', 'percent']);

/** A value as SOAP writes it: doubles with a point, instants with a `Z`. */
function textOf({ type }: FieldDefinition, value: unknown): string {
  if (typeof value === 'number' && doubles.has(type)) return Number.isInteger(value) ? `${value}.0` : String(value);
  return String(value).replace(/\+0000$/, 'Z');
}

function objectOf({ type, values }: Notified, names: readonly string[]): string {
  const fields = type.fields.filter(({ name }) => ['Id', ...names].includes(name));
  const rendered = renderRecord(type, values, '', fields) as Readonly<Record<string, unknown>>;
  const members = fields.map((field) => {
    const value = rendered[field.name];
    // Records stand with their Id first; what is empty is left out.
    return value === null || value === undefined
      ? ''
      : `\n     <sf:${field.name}>${escaped(textOf(field, value))}</sf:${field.name}>`;
  });
  return `<sObject xsi:type="sf:${type.name}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">${members.join('')}\n    </sObject>`;
}

/** An outbound message with the given fields of each record. */
export const envelopeOf = (head: MessageHead, notified: readonly Notified[], fields: readonly string[]): string => {
  const { organizationId, actionId, sessionId } = head;
  const session =
    sessionId === undefined ? '<SessionId xsi:nil="true"/>' : `<SessionId>${escaped(sessionId)}</SessionId>`;
  const notifications = notified.map(
    (one) => `\n   <Notification>\n    <Id>${one.id}</Id>\n    ${objectOf(one, fields)}\n   </Notification>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>${organizationId}</OrganizationId>
   <ActionId>${actionId}</ActionId>
   ${session}
   <EnterpriseUrl>${address}/c/62.0/${organizationId}</EnterpriseUrl>
   <PartnerUrl>${address}/u/62.0/${organizationId}</PartnerUrl>${notifications.join('')}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`;
};
