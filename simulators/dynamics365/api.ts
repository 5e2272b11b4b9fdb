import type { FaultRequest } from './faults';

/** A reference to a row: logical name and id. */
export interface Reference {
  readonly table: string;
  readonly id: string;
}

/** Column names (or `<navigation>@odata.bind`) to JSON values, as the body of a Web API request has them. */
export type Body = Readonly<Record<string, unknown>>;

/** Where and how a webhook is to be called: a serviceendpoint of contract 8. */
export interface WebhookTarget {
  readonly url: string;
  readonly auth:
    | { readonly type: 'WebhookKey'; readonly key: string }
    | { readonly type: 'HttpHeader' | 'HttpQueryString'; readonly values: Readonly<Record<string, string>> };
  readonly steps: readonly WebhookStep[];
}

/** A sdkmessageprocessingstep on the endpoint. */
export interface WebhookStep {
  /** `Create`, `Update`, `Delete`, `Assign`, `SetState`, `Associate`, `Disassociate`. */
  readonly message: string;
  /** Logical name; `none` for Associate and Disassociate. */
  readonly table: string;
  /** `async` where absent. */
  readonly mode?: 'async' | 'sync';
  /** Columns that must be present in an Update; any where absent. */
  readonly filteringAttributes?: readonly string[];
  /** Images to send; none where absent. */
  readonly images?: readonly WebhookImage[];
}

/** A sdkmessageprocessingstepimage. */
export interface WebhookImage {
  readonly kind: 'pre' | 'post' | 'both';
  /** Key of the image in the context. */
  readonly alias: string;
  /** All columns where absent. */
  readonly attributes?: readonly string[];
}

/** One attempt to post to a webhook. */
export interface PostEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly message: string;
  readonly table: string;
  readonly recordId: string;
  readonly operationId: string;
  /** 1, or 2 for the one further attempt. */
  readonly attempt: number;
  /** Status answered; absent where there was no answer. */
  readonly status?: number;
  /** Why there was no answer, or `lost` where the fault swallowed the post. */
  readonly error?: string;
}

/** How the posts fared so far. A post is one call of one step for one write. */
export interface PostCounts {
  /** Attempts sent. */
  readonly attempts: number;
  /** Posts answered with a 2xx. */
  readonly delivered: number;
  /** Posts given up on: failed system jobs, or rolled back writes. */
  readonly failed: number;
  /** Posts the fault swallowed. */
  readonly lost: number;
  /** Posts not yet decided. */
  readonly pending: number;
}

/** One Web API write as `GET /simulator/writes` shows it. */
export interface WriteEntry {
  /** Epoch milliseconds at which it was decided. */
  readonly at: number;
  readonly method: string;
  /** Path below the API's root, as sent. */
  readonly path: string;
  readonly userId: string;
  readonly table: string;
  readonly recordId?: string;
  /** For upserts: whether the row was made. */
  readonly created?: boolean;
  readonly tag?: string;
  readonly body?: unknown;
  readonly status: number;
  /** Absent where the write succeeded. */
  readonly errorCode?: string;
}

/**
 * What a test or a demo may do to the organisation behind its API's back. Writes are those of a person (a systemuser other
 * than the application): `as` is a systemuserid, the first person's where absent. They go through the same pipeline as
 * Web API writes: webhooks post, versions count up, synchronous steps may refuse. All reject with a Refusal.
 */
export interface Dynamics365Admin {
  /** The systemuserid of a person of that full name, made where there is none. */
  person(fullName: string): string;
  /** Answers the new row's id. */
  create(table: string, body: Body, as?: string): Promise<string>;
  update(table: string, id: string, body: Body, as?: string): Promise<void>;
  remove(table: string, id: string, as?: string): Promise<void>;
  assign(table: string, id: string, owner: Reference, as?: string): Promise<void>;
  /** The status is the state's default where absent. */
  setState(table: string, id: string, state: number, status?: number, as?: string): Promise<void>;
  associate(from: Reference, relationship: string, to: Reference, as?: string): Promise<void>;
  disassociate(from: Reference, relationship: string, to: Reference, as?: string): Promise<void>;
  /** Qualifies a lead as its page does; answers what was made. */
  qualifyLead(leadId: string, as?: string): Promise<{ accountId: string; contactId: string; opportunityId: string }>;
  /** Completes a task as its owner would. */
  completeTask(taskId: string, as?: string): Promise<void>;
  /** Resolves a case as an agent would. */
  resolveCase(caseId: string, as?: string): Promise<void>;
  /** From now on the application may not read the row: queries and change tracking leave it out, and by its id it is refused. */
  hide(id: string): void;
  /** All rows of a table as the Web API shows them, with every column. */
  records(table: string): readonly Readonly<Record<string, unknown>>[];
  /** The row, or undefined where it is gone. */
  record(table: string, id: string): Readonly<Record<string, unknown>> | undefined;
  /** All tasks. */
  tasks(): readonly Readonly<Record<string, unknown>>[];
  /** Registers an endpoint with steps and images without the Web API; answers its serviceendpointid. */
  registerWebhook(target: WebhookTarget): string;
  /** Removes an endpoint with its steps. */
  removeWebhook(endpointId: string): void;
  /** Every attempt so far, in order. */
  posts(): readonly PostEntry[];
  counts(): PostCounts;
  /** Resolves when no asynchronous post is waiting or under way. Posts held back for re-ordering do not count. */
  idle(): Promise<void>;
  /** Every Web API write so far. */
  writes(): readonly WriteEntry[];
  /** When a token for the Service Bus ends, epoch ms; undefined for one that is no good. */
  busTokenEnd(token: string): number | undefined;
  /** Arms a fault or carries it out. */
  fault(request: FaultRequest): void;
  /** The faults waiting to strike. */
  faults(): readonly { readonly kind: string; readonly left: number }[];
  /** Stops the simulator. */
  stop(): void;
}

/** A simulator at work. */
export interface RunningDynamics365 {
  /** `http://127.0.0.1:port`, the organisation's URL; the Web API is below `/api/data/v9.2/`. */
  readonly baseUrl: string;
  /** Entra ID's token endpoint (v2.0) of the directory. */
  readonly tokenUrl: string;
  readonly directoryId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What to ask the token endpoint for: `<baseUrl>/.default`. */
  readonly scope: string;
  readonly organizationId: string;
  /** The systemuserid that the application's writes carry. */
  readonly applicationUserId: string;
  /** `http://127.0.0.1:port/simulator`. */
  readonly adminUrl: string;
  /** The same as the admin endpoint, without HTTP. */
  readonly admin: Dynamics365Admin;
  /** Resolves when the simulator has stopped, for whatever reason. */
  readonly stopped: Promise<void>;
  /** Ends every connection; nothing survives. */
  readonly stop: () => Promise<void>;
}
