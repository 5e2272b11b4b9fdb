import { runCommand } from '../kit/command';
import { startSap } from './start';

const usage = `Starts the SAP simulator on the loopback interface: S/4HANA, Cloud for Customer, Sales and Service Cloud V2 and Event Mesh.

  --s4-port N        S/4HANA (0: any)
  --c4c-port N       Cloud for Customer (0: any)
  --v2-port N        Sales and Service Cloud V2 (0: any)
  --btp-port N       token endpoint, Event Mesh and admin endpoint (0: any)
  --options FILE     JSON with SapOptions: extensionFields, pageSize, c4cEvents, tokenLifeMs …
  --help

Prints one line of JSON with the endpoints and credentials when ready. Ends on SIGTERM, SIGINT or POST /simulator/stop.
Example: node dist/simulators/sap/main.js --options sap.json
`;

runCommand({
  usage,
  ports: { 's4-port': 's4Port', 'c4c-port': 'c4cPort', 'v2-port': 'v2Port', 'btp-port': 'btpPort' },
  start: startSap,
  show: ({ s4Url, c4cUrl, v2Url, tokenUrl, eventMesh, adminUrl, ...running }) => {
    const { clientId, clientSecret, basicUser, basicPassword, users, logicalSystem, tokenKeysUrl } = running;
    const secrets = { clientId, clientSecret, basicUser, basicPassword };
    return { s4Url, c4cUrl, v2Url, tokenUrl, eventMesh, adminUrl, ...secrets, users, logicalSystem, tokenKeysUrl };
  },
});
