import { runCommand } from '../kit/command';
import { startSalesforce } from './start';

const usage = `Starts the Salesforce simulator on the loopback interface.

  --port N           HTTP port (0: any)
  --grpc-port N      Pub/Sub API port (0: any)
  --options FILE     JSON with SalesforceOptions: fields, objects, platformEvents, apps, tokenLifeMs, keepaliveMs …
  --help

Prints one line of JSON with the endpoints and credentials when ready. Ends on SIGTERM, SIGINT or POST /simulator/stop.
Example: node dist/simulators/salesforce/main.js --port 0 --grpc-port 0
`;

runCommand({
  usage,
  ports: { port: 'port', 'grpc-port': 'grpcPort' },
  start: startSalesforce,
  show: ({ baseUrl, grpcAddress, caCertPem, orgId, clients, adminUrl }) => ({
    baseUrl,
    grpcAddress,
    caCertPem,
    orgId,
    clients,
    adminUrl,
  }),
});
