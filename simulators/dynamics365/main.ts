import { runCommand } from '../kit/command';
import { startDynamics365 } from './start';

const usage = `Starts the Dynamics 365 simulator on the loopback interface.

  --port N           HTTP port (0: any)
  --options FILE     JSON with Dynamics365Options: columns, keys, tables, tokenLifeMs, limits …
  --help

Prints one line of JSON with the endpoint and credentials when ready. Ends on SIGTERM, SIGINT or POST /simulator/stop.
Example: node dist/simulators/dynamics365/main.js --port 0
`;

runCommand({
  usage,
  ports: { port: 'port' },
  start: startDynamics365,
  show: ({
    baseUrl,
    tokenUrl,
    directoryId,
    clientId,
    clientSecret,
    scope,
    organizationId,
    applicationUserId,
    adminUrl,
  }) => ({
    baseUrl,
    tokenUrl,
    directoryId,
    clientId,
    clientSecret,
    scope,
    organizationId,
    applicationUserId,
    adminUrl,
  }),
});
