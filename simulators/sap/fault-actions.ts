import { armedFaults, immediateFaults, type ArmedFault, type FaultRequest, type ImmediateFault } from './faults';
import type { Sap } from './sap';

const immediately: Readonly<Record<ImmediateFault, (sap: Sap, request: FaultRequest) => void>> = {
  csrfLoss: ({ s4, c4c, v2 }) => {
    s4.sessions.drop();
    c4c.sessions.drop();
    v2.sessions.drop();
  },
  tokenExpiry: (sap, { links }) => {
    sap.access.revokeAll();
    if (links === true) sap.dropLinks();
  },
  poisonEvent: ({ mesh }, { body = '{"specversion":"1.0","type":"sap.s4.beh.busi', topic }) => {
    const changed = `${mesh.namespace}/ce/sap/s4/beh/businesspartner/v1/BusinessPartner/Changed/v1`;
    mesh.publish({ topic: topic ?? changed, body, contentType: 'application/cloudevents+json' });
  },
  dropLinks: (sap) => {
    sap.dropLinks();
  },
  clear: ({ faults }) => {
    faults.clear();
  },
};

/** Arms a fault or carries it out. @throws where the kind is unknown */
export const causeFault = (sap: Sap, request: FaultRequest): void => {
  const { kind } = request;
  if (kind in immediately) {
    immediately[kind as ImmediateFault](sap, request);
    return;
  }
  if (!(armedFaults as readonly string[]).includes(kind)) {
    throw new Error(`no fault '${kind}'; there are ${[...armedFaults, ...immediateFaults].join(', ')}`);
  }
  sap.faults.arm(kind as ArmedFault, request);
};
