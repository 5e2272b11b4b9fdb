import { describeCaptured } from '../../test/captured';
import { parseLossless } from '../kit/lossless-json';
import { normalise } from './normalise';
import { readNatives } from './read-natives';

describeCaptured({
  crm: 'Microsoft Graph',
  connector: { name: 'graph', normalise },
  context: { connection: 'office', org: 'directory1' },
  folders: ['.'],
  read: (text) => readNatives(parseLossless(text)),
  expected: {
    './docs.lifecycle.reauthorizationRequired.json': 'SBX_GRAPH_LIFECYCLE',
    './docs.message.created.json': '1 io.signalbox.interaction.created.v1',
    // A part of a message, without the id and the type that would say of which one.
    './fusebit.decrypted-payload.json': 'SBX_GRAPH_PAYLOAD',
    './fusebit.webhook-event-encrypted.json': '1 io.signalbox.interaction.updated.v1',
    './fusebit.webhook-event.json': '1 io.signalbox.interaction.updated.v1',
  },
});
