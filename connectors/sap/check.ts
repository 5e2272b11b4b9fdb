import type { Finding } from '../contract';
import { checkQueue, type AmqpQueue } from '../kit/amqp-link';
import type { Settings, Stream } from './config';
import { meshStream } from './inbound/mesh-queue';
import type { ODataClient } from './odata/client';
import { ODataFailure } from './odata/failure';
import { checkFolder } from './inbound/folder';
import { type EntitySet, type ODataProduct, setOf } from './odata/services';

export interface CheckOptions {
  readonly settings: Settings;
  /** Proves credentials and services. */
  readonly services: (signal: AbortSignal) => Promise<readonly Finding[]>;
  readonly rfc?: { check(): Promise<readonly Finding[]> } | undefined;
  /** Of Event Mesh, where one is taken from. */
  readonly queue?: AmqpQueue | undefined;
}

/** Proves credentials, services, the task's key field and that what is subscribed to can be received, without an effect. */
export async function checkConnection(options: CheckOptions, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings, services } = options;
  const found = await services(signal);
  const folder = settings.idoc === undefined ? [] : await checkFolder(settings.idoc.folder);
  const rfc = (await options.rfc?.check()) ?? [];
  const mesh = options.queue === undefined ? [] : [await checkQueue(options.queue, signal)];
  return [...checkInbound(settings), ...mesh, ...folder, ...rfc, ...found];
}

/** Proves credentials, OData services and the task's key field. */
export async function checkServices(
  settings: Settings,
  product: ODataProduct,
  client: ODataClient,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const sets = settings.objects.map((name) => [name, setOf(product, name)] as const);
  const services = new Map<string, EntitySet[]>();
  for (const [, set] of sets)
    if (set !== undefined) services.set(set.service, [...(services.get(set.service) ?? []), set]);
  const unknown = sets.flatMap(([name, set]): Finding[] => {
    if (set !== undefined) return [];
    const fix = 'take it out of `objects`: its events are heard all the same';
    return [{ level: 'error', what: `object ${name}`, why: 'it cannot be read over OData', fix }];
  });
  const found = await Promise.all(
    [...services].map(([service, ofService]) => checkService(service, ofService, { settings, client }, signal)),
  );
  return [...unknown, ...found.flat()];
}

function checkInbound({ streams, inbound, eventMesh, idoc }: Settings): readonly Finding[] {
  if (streams.length === 0) {
    const fix = 'name `events` or `idocs` under subscribe';
    return [{ level: 'warning', what: 'subscribe', why: 'nothing is heard', fix }];
  }
  const isTaken = eventMesh !== undefined && streams.includes(meshStream);
  const idle: readonly Finding[] =
    eventMesh === undefined || isTaken
      ? []
      : [{ level: 'error', what: 'eventMesh', why: 'nothing is taken from it', fix: 'name `events` under subscribe' }];
  const isFed: Readonly<Record<Stream, boolean>> = { events: isTaken, idocs: idoc !== undefined };
  const pushed = streams.filter((stream) => !isFed[stream]);
  if (inbound !== undefined) return [...idle, { level: 'ok', what: `${streams.join(' and ')} by ${inbound.kind}` }];
  if (pushed.length === 0) return idle;
  const fix = 'say under `inbound` how SAP proves who it is (README, "Set up")';
  const why = `nobody who pushes can prove who they are, so ${pushed.join(' and ')} are not received`;
  return [...idle, { level: 'error', what: 'inbound', why, fix }];
}

async function checkService(
  service: string,
  sets: readonly EntitySet[],
  { settings, client }: { readonly settings: Settings; readonly client: ODataClient },
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const what = `service ${service}`;
  let metadata: string;
  try {
    metadata = await client.metadata(service, signal);
  } catch (error) {
    const { status = 0 } = error instanceof ODataFailure ? error : {};
    if (status === 401) return [{ level: 'error', what, why: `401: ${(error as Error).message}`, fix: authFix }];
    return [{ level: 'error', what, why: (error as Error).message, fix: serviceFix(settings) }];
  }
  const findings: Finding[] = [{ level: 'ok', what }];
  for (const { set } of sets) {
    if (metadata.includes(`"${set}"`)) continue;
    const why = 'the service does not have it, or the user may not see it';
    findings.push({
      level: 'error',
      what: `${what}: ${set}`,
      why,
      fix: 'take the object out of `objects`, or give the user its work center',
    });
  }
  if (settings.product === 'c4c') {
    findings.push(checkKeyField(metadata, 'Task', settings), checkKeyField(metadata, 'ServiceRequest', settings));
  }
  return findings;
}

const authFix = 'correct `auth`: SAP does not take this user with this password, or has locked the user';

function serviceFix({ product }: Settings): string {
  return product === 's4'
    ? 'activate the service (/IWFND/MAINT_SERVICE, or the communication arrangement SAP_COM_0008 / SAP_COM_0109) and give the user its authorisation'
    : 'check baseUrl and the user; a business user needs the work centers of the objects';
}

/** Tasks must have the field; tickets only where a use case opens some. */
function checkKeyField(metadata: string, object: 'Task' | 'ServiceRequest', { taskKeyField }: Settings): Finding {
  const what = `field ${object}.${taskKeyField}`;
  const type = new RegExp(`<EntityType [^>]*Name="${object}"[\\s\\S]*?</EntityType>`).exec(metadata)?.[0] ?? '';
  if (type.includes(`Name="${taskKeyField}"`)) return { level: 'ok', what };
  const [name, level] = object === 'Task' ? (['activity task', 'error'] as const) : (['ticket', 'warning'] as const);
  const when = object === 'Task' ? '' : 'where a use case opens cases: ';
  const fix = `${when}add an extension field (text, 255) to the ${name} in key user tools, publish it in the OData service, and name it under taskKeyField`;
  return { level, what, why: `without it a retry could make a second ${object === 'Task' ? 'task' : 'ticket'}`, fix };
}
