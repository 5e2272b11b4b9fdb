import type { Dynamics365 } from './dynamics';
import { armedFaults, immediateFaults, type FaultRequest, type ImmediateFault } from './faults';
import { invalidArgument } from './org/refusal';

const immediately: Readonly<Record<ImmediateFault, (dynamics: Dynamics365) => void>> = {
  tokenExpiry: ({ tokens }) => {
    tokens.revokeAll();
  },
  expiredDeltaToken: ({ org, tracking }) => {
    tracking.expired = org.version;
    org.passVersion();
  },
  clear: ({ faults, webhooks }) => {
    faults.clear();
    webhooks.release();
  },
};

const isOneOf = <K extends string>(kinds: readonly K[], kind: string): kind is K =>
  (kinds as readonly string[]).includes(kind);

/** Arms a fault or carries it out. @throws Refusal for an unknown kind */
export const causeFault = (dynamics: Dynamics365, request: FaultRequest): void => {
  const { kind } = request;
  if (isOneOf(immediateFaults, kind)) immediately[kind](dynamics);
  else if (isOneOf(armedFaults, kind)) dynamics.faults.arm(kind, request);
  else {
    const known = [...armedFaults, ...immediateFaults].join(', ');
    throw invalidArgument(`Unknown fault '${String(kind)}'. Known are ${known}`);
  }
};
