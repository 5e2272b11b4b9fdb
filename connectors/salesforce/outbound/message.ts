import { Unmappable } from '../../contract';
import { refuse } from '../../kit/canonical-event';
import { objectOf, textOf } from '../../kit/json';
import { parseXml, XmlRefused } from '../../kit/xml';
import type { Fields, OutboundNative } from '../native';

const namespace = 'http://soap.sforce.com/2005/09/outbound';

/** Whether a text is an outbound message of a flow or a workflow rule. */
export function isOutboundMessage(text: string): boolean {
  return /^\s*</.test(text) && text.includes(namespace);
}

/**
 * The notifications of an outbound message, without its SessionId, which would let anybody act as the user who sent it. Throws
 * Unmappable for what is none.
 * @param receivedAt RFC 3339
 */
export function readOutboundMessage(text: string, receivedAt?: string): readonly OutboundNative[] {
  const { root, content } = parsed(text);
  const notifications = root === 'Envelope' ? childOf(childOf(content, 'Body'), 'notifications') : undefined;
  const list = notifications?.Notification;
  if (!isOutboundMessage(text) || notifications === undefined || !Array.isArray(list)) {
    throw refuse('SBX_SALESFORCE_XML', 'XML that is no outbound message: an Envelope with notifications in its Body');
  }
  const organizationId = textOf(notifications.OrganizationId) ?? '';
  return list.map((item: unknown) => nativeOf(objectOf(item) ?? {}, { organizationId, receivedAt }));
}

interface About {
  readonly organizationId: string;
  readonly receivedAt: string | undefined;
}

function nativeOf(notification: Fields, { organizationId, receivedAt }: About): OutboundNative {
  const object = childOf(notification, 'sObject') ?? {};
  const members = Object.entries(object).filter(([name]) => !name.startsWith('@'));
  return {
    kind: 'outbound',
    organizationId,
    notificationId: textOf(notification.Id) ?? '',
    // `sf:Lead`
    nativeType: textOf(object['@type'])?.replace(/^.*:/, '') ?? '',
    fields: Object.fromEntries(members.flatMap(([name, value]) => [[name, valueOf(value)] as const]).filter(isTold)),
    ...(receivedAt === undefined ? {} : { receivedAt }),
  };
}

function parsed(text: string): { readonly root: string; readonly content: Fields } {
  try {
    return parseXml(text, true);
  } catch (error) {
    if (!(error instanceof XmlRefused)) throw error;
    throw new Unmappable(error.why === 'doctype' ? 'SBX_SALESFORCE_XML_DOCTYPE' : 'SBX_SALESFORCE_XML', error.message);
  }
}

/** An element that has elements in it is a list of one. */
function childOf(parent: Fields | undefined, name: string): Fields | undefined {
  const value = parent === undefined ? undefined : parent[name];
  return Array.isArray(value) ? objectOf(value[0]) : objectOf(value);
}

function isTold([, value]: readonly [string, unknown]): boolean {
  return value !== undefined;
}

/** SOAP writes doubles always with a point, as Java does: `1000.0`. A whole number may as well be a text, and stays one. */
const double = /^-?\d+\.\d+(?:E-?\d+)?$/;

/** As REST has it; what is empty (`xsi:nil`) is not told, since XML cannot say whether it was emptied. */
function valueOf(value: unknown): unknown {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  const number = double.test(text) ? Number(text) : undefined;
  if (number === undefined) return text;
  const written = Number.isInteger(number) ? `${number}.0` : String(number);
  return written === text || text.includes('E') ? number : text;
}
