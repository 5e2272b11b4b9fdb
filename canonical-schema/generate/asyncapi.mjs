import { stringify } from 'yaml';
import { entitiesOf, eventTypesOf } from './documents.mjs';
import { rewrite } from './references.mjs';

const contentType = 'application/cloudevents+json';

/** The AsyncAPI 3 document: both exchanges with the message of every event type. */
export function asyncapiOf(documents, banner) {
  const used = [...documents.keys()].filter((name) => !/^action/.test(name));
  const messages = Object.fromEntries(entitiesOf(documents).flatMap((entity) => entityMessages(entity, documents)));
  const prediction = documents.get('predictionEvent');
  return `${banner}\n${stringify(
    {
      asyncapi: '3.0.0',
      info: {
        title: 'Signalbox events',
        version: '1.0.0',
        description: 'What Signalbox hears from the CRMs, and what it predicts, as CloudEvents 1.0 on RabbitMQ.',
        license: { name: 'Apache-2.0' },
      },
      defaultContentType: contentType,
      channels: {
        events: channel(
          'sbx.events',
          '{tenant}.{partition}.{entity}.{happened}',
          'Canonical events of all tenants.',
          Object.keys(messages),
          {
            partition: {
              description: 'Partition of the record: FNV-1a of `partitionkey`, modulo the number of partitions.',
            },
            entity: { description: 'Canonical entity.', enum: entitiesOf(documents) },
            happened: {
              description: 'What happened.',
              enum: documents.get('change').properties.change.properties.kind.enum,
            },
          },
        ),
        predictions: channel(
          'sbx.predictions',
          '{tenant}.prediction.{usecase}',
          'Every decision, for any subscriber.',
          ['prediction'],
          {
            usecase: { description: "Name of the tenant's use case." },
          },
        ),
      },
      operations: {
        sendEvents: {
          action: 'send',
          channel: { $ref: '#/channels/events' },
          summary: 'Signalbox tells what happened in a CRM.',
        },
        receiveEvents: {
          action: 'receive',
          channel: { $ref: '#/channels/events' },
          summary: "Signalbox's lanes decide the events of their partition.",
        },
        sendPredictions: {
          action: 'send',
          channel: { $ref: '#/channels/predictions' },
          summary: 'Signalbox tells what it decided.',
        },
      },
      components: {
        messages: {
          ...messages,
          prediction: {
            ...message('prediction', prediction),
            payload: { $ref: '#/components/schemas/predictionEvent' },
          },
        },
        schemas: Object.fromEntries(used.map((name) => [name, schemaOf(documents.get(name), documents)])),
      },
    },
    // An alias would read as if it were a part of AsyncAPI.
    { aliasDuplicateObjects: false, lineWidth: 0 },
  )}`;
}

function channel(exchange, address, description, messages, parameters) {
  return {
    address,
    description,
    messages: Object.fromEntries(messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    parameters: { tenant: { description: "The tenant's name." }, ...parameters },
    bindings: {
      amqp: {
        is: 'routingKey',
        exchange: { name: exchange, type: 'topic', durable: true, autoDelete: false },
        bindingVersion: '0.3.0',
      },
    },
  };
}

function entityMessages(entity, documents) {
  return eventTypesOf(entity, documents.get('change')).map((type) => {
    const payload = {
      allOf: [
        { $ref: `#/components/schemas/${entity}Event` },
        { type: 'object', properties: { type: { const: type } } },
      ],
    };
    return [
      type.replace(/^io\.signalbox\.|\.v1$/g, '').replace('.', '-'),
      { ...message(type, documents.get(entity)), payload },
    ];
  });
}

function message(name, document) {
  return { name, title: name, summary: document.description, contentType };
}

/** As AsyncAPI's own schema dialect has it: no `$id`, because references go through the components. */
function schemaOf(document, documents) {
  return rewrite(document, documents, (name) => `#/components/schemas/${name}`, ['$id', '$schema', 'discriminator']);
}
