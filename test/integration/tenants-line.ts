import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import path from 'node:path';
import { leadFields } from '../../cli/demo/lead-fields';
import type { BatchOutcome, LaneBatch } from '../../activities/lane-types';
import type { CanonicalRecord } from '../../canonical-schema/entity';
import type { CanonicalEvent } from '../../canonical-schema/event';
import type { RuntimeOptions } from '../../services/runtime';
import { startSignalbox, type Role, type Signalbox } from '../../services/signalbox';
import type { Tenant } from '../../tenants/tenant';
import { laneId, names, taskQueues } from '../../workflows/names';
import { hotLead, startLine, writeTenant, type Line, type LineOptions } from '../line';

/** How one tenant of a line differs from the usual one. */
export interface Variant extends Pick<LineOptions, 'connection' | 'useCase' | 'useCases' | 'identity' | 'assistant'> {
  /** Queues and lanes. */
  readonly partitions?: number;
}

/** One Signalbox that serves several tenants on one simulated org. */
export interface TenantsLine<N extends string> {
  readonly org: Line['org'];
  readonly signalbox: Signalbox;
  /** By the variant's name, which is also the company of the leads that the tenant decides. */
  readonly tenants: Readonly<Record<N, Tenant>>;
  /** Gives a tenant another use case from now on, as after its file was mended. */
  mend(name: N, useCase: NonNullable<Variant['useCase']>): Promise<void>;
  stop(): Promise<void>;
}

export interface TenantsOptions extends Pick<LineOptions, 'simulator' | 'databaseUrl' | 'stateDir' | 'roles'> {
  /** Another Temporal server than the usual one, `host:port`. */
  readonly temporalAddress?: string;
}

/** A tenant decides the leads whose company is its variant's name, so that several can share an org. */
const ownLeads = (name: string): string => `record.company = "${name}"`;

/** Starts a line whose tenants differ as told. */
export async function startTenants<N extends string>(
  variants: Readonly<Record<N, Variant>>,
  { temporalAddress, roles, ...options }: TenantsOptions = {},
): Promise<TenantsLine<N>> {
  const line = await startLine({ ...options, roles: [] });
  try {
    const made: [string, Tenant][] = [];
    for (const [name, variant] of Object.entries<Variant>(variants)) {
      made.push([name, await variantTenant(line, name, variant)]);
    }
    const named = Object.fromEntries(made) as Record<N, Tenant>;
    const served = new Map(made.map(([, tenant]) => [tenant.tenant, tenant]));
    const runtime: RuntimeOptions = {
      ...line.runtime,
      tenants: served,
      ...(temporalAddress === undefined ? {} : { temporalAddress }),
    };
    const signalbox = await startSignalbox(runtime, roles);
    const stop = async (): Promise<void> => {
      await signalbox.stop();
      await line.stop();
    };
    const mend = async (name: N, useCase: NonNullable<Variant['useCase']>): Promise<void> => {
      const { useCases } = await variantTenant(line, name, { useCase });
      served.set(named[name].tenant, { ...named[name], useCases });
    };
    return { org: line.org, signalbox, tenants: named, mend, stop };
  } catch (error) {
    await line.stop();
    throw error;
  }
}

async function variantTenant(line: Line, name: string, variant: Variant): Promise<Tenant> {
  const { tenant } = await writeTenant(path.dirname(line.tenantFile), line.org, {
    ...variant,
    useCase: { when: ownLeads(name), ...variant.useCase },
  });
  return { ...tenant, partitions: variant.partitions ?? tenant.partitions };
}

/** The roles that decide; what they decide is handed over by the test itself. */
export const withoutIngest: readonly Role[] = ['worker'];

/** A hot lead of a variant, as REST takes it. */
export function leadOf(
  company: string,
  fields: Readonly<Record<string, string | number>> = hotLead,
): Record<string, string | number> {
  return { ...fields, Company: company };
}

/** The same as the canonical record that the line makes of it. */
export function recordOf(id: string, native: Readonly<Record<string, string | number>>): CanonicalRecord {
  const attributes = leadFields.flatMap(({ name, attribute }) => {
    const value = native[name];
    return attribute === undefined || value === undefined ? [] : [[attribute, value] as const];
  });
  const name = `${native['FirstName'] ?? ''} ${native['LastName'] ?? ''}`.trim();
  const company = native['Company'];
  return { id, nativeType: 'Lead', name, company, attributes: Object.fromEntries(attributes) };
}

/** Hands a batch to a lane as the dispatcher does. */
export async function decide(
  { signalbox }: Pick<TenantsLine<string>, 'signalbox'>,
  tenant: Tenant,
  batch: { readonly id: string; readonly events: readonly CanonicalEvent[]; readonly partition?: number },
): Promise<BatchOutcome> {
  const startWorkflowOperation = new WithStartWorkflowOperation(names.lane, {
    workflowId: laneId(tenant.tenant, batch.partition ?? 0),
    taskQueue: taskQueues.decide,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [],
  });
  const { temporal } = signalbox.runtime;
  return temporal.workflow.executeUpdateWithStart<Workflow, BatchOutcome, [LaneBatch]>(names.decideBatch, {
    args: [{ tenant: tenant.tenant, batchid: batch.id, events: batch.events }],
    updateId: batch.id,
    startWorkflowOperation,
  });
}
