import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capturedFolder, describeCaptured } from '../../test/captured';
import { salesforce } from '.';
import { readNatives } from './read-natives';

/** Schemas of the fixture folder by id, as `--schemas DIR` finds them: the id is in the file's name or its `uuid`. */
function schemas(id: string): string | undefined {
  const folder = join(capturedFolder('salesforce'), 'avro');
  const texts = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
  return texts.find(({ file, text }) => file.includes(id) || text.includes(`"uuid":"${id}"`))?.text;
}

describeCaptured({
  crm: 'Salesforce',
  connector: salesforce,
  context: { connection: 'sales', org: '00D000000000001AAA' },
  folders: ['json', 'pubsub'],
  read: (text, file) => readNatives(file.endsWith('.json') ? JSON.parse(text) : text.trim(), schemas),
  expected: {
    'json/GenericRecord.schema-and-values.json': 'SBX_SALESFORCE_SCHEMA_DUMP',
    'json/Tooling.PlatformEventChannelMember.query.json': 'SBX_SALESFORCE_METADATA',
    'json/Vendor_Profile__c.UPDATE.undecoded-bitmap.json': '1 io.signalbox.record.updated.v1',
    'json/cometd.Account.CREATE.json': '1 io.signalbox.account.created.v1',
    'json/cometd.Cloud_News__e.json': '1 io.signalbox.record.published.v1',
    'json/cometd.Expense__c.UPDATE.json': '1 io.signalbox.record.updated.v1',
    'json/cometd.Low_Ink__e.json': '1 io.signalbox.record.published.v1',
    'json/cometd.Sales_Territory_Regions__e.json': '1 io.signalbox.record.published.v1',
    'json/cometd.generic-streaming.json': '1 io.signalbox.record.published.v1',
    'json/pubsub.Account.CREATE.compound-address.json': '1 io.signalbox.account.created.v1',
    'json/pubsub.Account.GAP_CREATE.json': '1 io.signalbox.account.created.v1',
    'json/pubsub.Account.GAP_OVERFLOW.json': '1 io.signalbox.account.overflowed.v1',
    'json/pubsub.Opportunity.CREATE.json': '1 io.signalbox.opportunity.created.v1',
    'pubsub/AccountCreationEvents.fetchresponse.json': '3 io.signalbox.account.created.v1',
    'pubsub/AccountRequest.payload.b64': 'SBX_SALESFORCE_BARE_PAYLOAD',
    'pubsub/AccountUpdateEvents.2026.fetchresponse.json': '1 io.signalbox.account.updated.v1',
    'pubsub/EventBod.byte-array.json': '1 io.signalbox.account.updated.v1',
    'pubsub/MergedRecordIds20.fetchresponse.json': 'SBX_SALESFORCE_SCHEMA_UNKNOWN',
  },
});
