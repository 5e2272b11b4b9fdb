import type { CanonicalEvent } from '../../../canonical-schema/event';
import { goldensIn } from '../goldens';
import type { ContractSubject, Crm } from '../subject';
import { acmeConnector, type Behaviour, intact } from './connector';
import { AcmeCrm, type AcmeNative } from './crm';

const native: AcmeNative = {
  kind: 'updated',
  n: 7,
  ids: ['r1'],
  at: '2026-03-01T09:30:00.000Z',
  client: 'person',
  fields: { name: 'Lopez', company: 'Acme', region: 'EMEA' },
};

/** The reference connector, or one that differs in the given places, as a subject of the suite. */
export function acmeSubject(behaviour: Behaviour = intact): ContractSubject {
  return {
    connector: acmeConnector(behaviour),
    start: () => Promise.resolve(startAcme()),
    goldens: goldensIn('test/contract/reference/fixtures'),
    special: {
      multiRecord: { native: { ...native, ids: ['r1', 'r2', 'r3'] }, records: 3 },
      gap: { ...native, kind: 'gap', fields: {} },
      wildcard: { ...native, kind: 'overflow', ids: [], fields: {} },
    },
    payloads: [native, [native, { ...native, n: 8 }]],
    readmeExamples: [{ baseUrl: 'memory://acme' }],
    ownWords: {},
  };
}

function startAcme(): Crm {
  const crm = AcmeCrm.start();
  const done = (effect: () => void): Promise<void> => Promise.resolve().then(effect);
  return {
    config: { baseUrl: crm.baseUrl },
    stream: 'leads',
    settableField: 'rating',
    write: (record, mark) => {
      const id = `r${record}`;
      crm.change('person', id, { company: mark });
      return Promise.resolve({ entity: 'lead', id });
    },
    markOf: (event: CanonicalEvent) => event.data.record.company as string | undefined,
    versionOf: (id) => Promise.resolve(crm.versionOf(id)),
    tasksOf: (actionId) => Promise.resolve(crm.tasksOf(actionId)),
    handedOut: () => Promise.resolve(crm.handedOut),
    faults: {
      expirePositions: () =>
        done(() => {
          crm.expirePositions();
        }),
      expireTokens: () =>
        done(() => {
          crm.expireTokens();
        }),
      poison: () =>
        done(() => {
          crm.appendBytes('{"cut');
        }),
      loseNextAnswer: () =>
        done(() => {
          crm.loseNextAnswer();
        }),
      refuseNextWrite: (seconds) =>
        done(() => {
          crm.refuseNextWrite(seconds);
        }),
    },
    stop: () =>
      done(() => {
        crm.stop();
      }),
  };
}
