import type { WebhookImage, WebhookStep, WebhookTarget } from '../api';
import type { Reference, Value } from '../org/definitions';
import type { Org } from '../org/org';
import { invalidArgument } from '../org/refusal';
import type { Row } from '../org/table';

const authTypes = { WebhookKey: 4, HttpHeader: 5, HttpQueryString: 6 } as const;

const imageTypes = { pre: 0, post: 1, both: 2 } as const;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const authValue = ({ auth }: WebhookTarget): string => {
  if (auth.type === 'WebhookKey') return auth.key;
  const settings = Object.entries(auth.values).map(
    ([name, value]) => `<setting name="${escape(name)}" value="${escape(value)}" />`,
  );
  return `<settings>${settings.join('')}</settings>`;
};

const isTo = (value: Value | undefined, id: string): boolean =>
  typeof value === 'object' && value !== null && 'id' in value && value.id === id;

/** The message and its filter for a table. @throws Refusal where there is none */
const messageOf = (org: Org, { message, table }: WebhookStep): { readonly message: Row; readonly filter: Row } => {
  const found = org.table('sdkmessage').find({ name: message })[0];
  const filter = [...org.table('sdkmessagefilter').rows.values()].find(
    ({ values }) =>
      found !== undefined && isTo(values['sdkmessageid'], found.id) && values['primaryobjecttypecode'] === table,
  );
  if (found !== undefined && filter !== undefined) return { message: found, filter };
  throw invalidArgument(`There is no message '${message}' for the table '${table}'.`);
};

const addImage = (org: Org, step: Reference, message: string, image: WebhookImage): void => {
  org.seed('sdkmessageprocessingstepimage', {
    name: image.alias,
    entityalias: image.alias,
    messagepropertyname: message === 'Create' ? 'Id' : 'Target',
    imagetype: imageTypes[image.kind],
    attributes: image.attributes?.join(',') ?? null,
    sdkmessageprocessingstepid: step,
  });
};

/** Registers an endpoint with its steps and images; answers its id. @throws Refusal for an unknown message or table */
export const registerTarget = (org: Org, target: WebhookTarget): string => {
  const found = target.steps.map((step) => ({ step, ...messageOf(org, step) }));
  const endpoint = org.seed('serviceendpoint', {
    name: target.url,
    contract: 8,
    url: target.url,
    authtype: authTypes[target.auth.type],
    authvalue: authValue(target),
  });
  for (const { step, message, filter } of found) {
    const row = org.seed('sdkmessageprocessingstep', {
      name: `${target.url}: ${step.message} of ${step.table}`,
      mode: step.mode === 'sync' ? 0 : 1,
      stage: 40,
      filteringattributes: step.filteringAttributes?.join(',') ?? null,
      sdkmessageid: { table: 'sdkmessage', id: message.id },
      sdkmessagefilterid: { table: 'sdkmessagefilter', id: filter.id },
      eventhandler: { table: 'serviceendpoint', id: endpoint.id },
    });
    const reference: Reference = { table: 'sdkmessageprocessingstep', id: row.id };
    for (const image of step.images ?? []) addImage(org, reference, step.message, image);
  }
  return endpoint.id;
};

/** Removes an endpoint with its steps and their images. */
export const removeTarget = (org: Org, endpointId: string): void => {
  const steps = org.table('sdkmessageprocessingstep').rows;
  const images = org.table('sdkmessageprocessingstepimage').rows;
  for (const step of [...steps.values()].filter(({ values }) => isTo(values['eventhandler'], endpointId))) {
    for (const { id, values } of [...images.values()]) {
      if (isTo(values['sdkmessageprocessingstepid'], step.id)) images.delete(id);
    }
    steps.delete(step.id);
  }
  org.table('serviceendpoint').rows.delete(endpointId);
};
