// SAP's own OData server (CAP) with its adapter for OData V2, on loopback: `node serve.cjs`. Prints `{"url", "user", "password"}`
// when it is ready, and ends when its standard input does. Nothing of it is ours but the model and what is below.
const { randomUUID } = require('node:crypto');
const { once } = require('node:events');
const { createServer } = require('node:http');
const cds = require('@sap/cds');
const { Sessions } = require('./sessions.cjs');

const [user, password] = ['SIGNALBOX', 'Welcome1'];

cds.root = __dirname;
cds.env.log.levels = { ...cds.env.log.levels, cds: 'warn', odata: 'error', 'cov2ap/hpm': 'error', deploy: 'error' };
cds.env.requires.db = {
  kind: 'sqlite',
  impl: require.resolve('@cap-js/sqlite'),
  // In WebAssembly: no native code has to be there.
  driver: 'sql.js',
  pool: { max: 1 },
  credentials: { url: ':memory:' },
};
cds.env.requires.auth = { ...cds.env.requires.kinds['basic-auth'], kind: 'basic', users: { [user]: { password } } };

cds.env.server.shutdown_on_uncaught_errors = false;
// Cloud for Customer's default.
cds.env.cov2ap = { defaultFormat: 'atom' };

const sessions = new Sessions();
cds.on('bootstrap', (app) => {
  app.listen = (port) => createServer(app).listen(port, '127.0.0.1');
  app.get('/simulator/requests', (_, response) => response.json(sessions.requests));
  app.delete('/simulator/sessions', (_, response) => {
    sessions.drop();
    response.status(204).end();
  });
  app.use('/sap', sessions.guard(), (request, _, next) => {
    // As Node's fetch sends it. CAP takes it for all languages at once when it tells metadata, and fails.
    if (request.headers['accept-language'] === '*') delete request.headers['accept-language'];
    next();
  });
});
// After the guard: middleware runs in the order of these listeners.
require('@cap-js-community/odata-v2-adapter/cds-plugin');

/** Keys that SAP's systems give, of a row and the rows within it. */
let last = 0;
function giveKeys(row, { elements, compositions }) {
  if (elements.ObjectID) row.ObjectID ??= randomUUID().replaceAll('-', '').toUpperCase();
  if (elements.ID) row.ID ??= String(++last);
  for (const [name, { target }] of Object.entries(compositions ?? {})) {
    for (const child of row[name] ?? []) giveKeys(child, cds.model.definitions[target]);
  }
}

/** Who changed a business partner and when, and its ETag made of that. */
function stampPartner({ data, user: { id }, event }) {
  const now = new Date().toISOString();
  const [day, time] = [now.slice(0, 10), now.slice(11, 19)];
  if (event === 'CREATE') data.BusinessPartner ??= String(1_000_000 + ++last);
  const [ofDay, ofTime] = event === 'CREATE' ? ['CreationDate', 'CreationTime'] : ['LastChangeDate', 'LastChangeTime'];
  Object.assign(data, {
    [ofDay]: data[ofDay] ?? day,
    [ofTime]: data[ofTime] ?? time,
    LastChangedByUser: id,
    ETag: `${id}${now.replace(/\D/g, '')}`,
  });
}

cds.on('served', () => {
  for (const service of cds.services) service.before('CREATE', '*', ({ data, target }) => giveKeys(data, target));
  cds.services['s4.API_BUSINESS_PARTNER'].before(['CREATE', 'UPDATE'], 'A_BusinessPartner', stampPartner);
});

async function main() {
  const server = await cds.server({ from: ['c4c.cds', 's4.cds'], in_memory: true, port: 0 });
  if (!server.listening) await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  await cds.emit('listening', { server, url });
  process.stdout.write(`${JSON.stringify({ url, user, password })}\n`);
}

process.stdin.resume().on('end', () => process.exit());
main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
