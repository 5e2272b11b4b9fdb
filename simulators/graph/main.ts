import { runCommand } from '../kit/command';
import { startGraph } from './start';

const usage = `Starts the Microsoft Graph simulator on the loopback interface.

  --port N           HTTP port (0: any)
  --options FILE     JSON with GraphOptions: directoryId, tokenLifeMs, attempts …
  --help

Prints one line of JSON with the endpoint and credentials when ready. Ends on SIGTERM, SIGINT or POST /simulator/stop.
Example: node dist/simulators/graph/main.js --port 0
`;

runCommand({
  usage,
  ports: { port: 'port' },
  start: startGraph,
  show: ({ baseUrl, tokenUrl, directoryId, clientId, clientSecret, adminUrl }) => ({
    baseUrl,
    tokenUrl,
    directoryId,
    clientId,
    clientSecret,
    adminUrl,
  }),
});
