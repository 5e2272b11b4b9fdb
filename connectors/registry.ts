import type { AnyConnector } from './contract';
import { cloudevents } from './cloudevents';
import { dynamics365 } from './dynamics365';
import { graph } from './graph';
import { salesforce } from './salesforce';
import { sap } from './sap';

/** Every CRM that Signalbox speaks with, by its name in configuration. */
export const connectors: ReadonlyMap<string, AnyConnector> = new Map<string, AnyConnector>(
  [cloudevents, salesforce, dynamics365, graph, sap].map((connector): [string, AnyConnector] => [
    connector.name,
    connector,
  ]),
);

/** Throws RangeError that lists the names there are. */
export function connectorNamed(name: string): AnyConnector {
  const connector = connectors.get(name);
  if (connector !== undefined) return connector;
  throw new RangeError(`there is no connector "${name}". Known are: ${[...connectors.keys()].join(', ')}`);
}
