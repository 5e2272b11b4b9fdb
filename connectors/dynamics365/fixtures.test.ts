import { describeCaptured } from '../../test/captured';
import { parseLossless } from '../kit/lossless-json';
import { dynamics365 } from '.';
import { readNatives } from './read-natives';

describeCaptured({
  crm: 'Dynamics 365',
  connector: dynamics365,
  context: { connection: 'sales', org: 'org1' },
  folders: ['metadata', 'rec', 'webapi'],
  // As `signalbox normalise` reads it.
  read: (text, file) => readNatives(file.endsWith('.json') ? parseLossless(text) : text),
  expected: {
    'metadata/tap-dynamics.mini-csdl.xml': 'SBX_DYNAMICS365_METADATA',
    'rec/account.Create.unicode.json': '1 io.signalbox.account.created.v1',
    'rec/account.Update.sample1.json': '1 io.signalbox.account.updated.v1',
    'rec/albxrm_alltypes.Create.sample2.json': '1 io.signalbox.record.created.v1',
    'rec/contact.Update.from-docs.json': '1 io.signalbox.contact.updated.v1',
    'rec/incident.Create.fusebit-truncated.json': 'SBX_DYNAMICS365_RECORD',
    'rec/shko_allfields.Create.all-types-sync.json': '1 io.signalbox.record.created.v1',
    'webapi/batch-changeset.response.http': 'SBX_DYNAMICS365_TIME',
    'webapi/error-412-duplicate.json': 'SBX_DYNAMICS365_ERROR_ANSWER',
    'webapi/error-412-if-none-match.json': 'SBX_DYNAMICS365_ERROR_ANSWER',
    'webapi/error-412-rowversion.json': 'SBX_DYNAMICS365_ERROR_ANSWER',
  },
});
