import type { FaultRequest } from './faults';
import type { Graph } from './graph';
import type { Item, Values } from './mailbox/item';
import { render, type User } from './mailbox/mailboxes';
import type { PostEntry } from './notifications/delivery';
import { shown } from './notifications/subscriptions';

/** Acts as people do, and shows what came of it. Collections are paths: `users/<id or name>/messages`. */
export interface GraphAdmin {
  /** The user of that principal name, made where there is none. */
  user(userPrincipalName: string): User;
  /** A new item's id. */
  create(collection: string, values: Values): string;
  update(collection: string, id: string, values: Values): void;
  remove(collection: string, id: string): void;
  /** An item as Graph writes it; undefined where there is none. */
  item(collection: string, id: string): Values | undefined;
  items(collection: string): readonly Values[];
  /** A new plan's id. */
  addPlan(): string;
  /** The tasks of a plan, as Planner writes them, with their descriptions. */
  planTasks(plan: string): readonly Values[];
  subscriptions(): readonly Values[];
  /** Every attempt at a notification so far. */
  posts(): readonly PostEntry[];
  fault(request: FaultRequest): void;
  faults(): readonly { readonly kind: string; readonly left: number }[];
  /** Resolves when no notification is on its way. */
  idle(): Promise<void>;
  stop(): void;
}

/** @param onStop stops the simulator */
export const adminOf = (graph: Graph, onStop: () => void): GraphAdmin => {
  const { mailboxes, plans, subscriptions, delivery, faults } = graph;
  const find = (collection: string, id: string): Item => mailboxes.find(mailboxes.place(collection), id);
  return {
    user: (name) => mailboxes.user(name),
    create: (collection, values) => mailboxes.create(mailboxes.place(collection), values).id,
    update: (collection, id, values) => {
      mailboxes.update(find(collection, id), values);
    },
    remove: (collection, id) => {
      mailboxes.remove(find(collection, id));
    },
    item: (collection, id) => {
      const found = mailboxes.in(mailboxes.place(collection)).find((item) => item.id === id);
      return found === undefined ? undefined : render(found);
    },
    items: (collection) => mailboxes.in(mailboxes.place(collection)).map((item) => render(item)),
    addPlan: () => plans.add(),
    planTasks: (plan) =>
      plans.tasksOf(plan).map((task) => ({ ...task, description: plans.details(String(task.id)).description })),
    subscriptions: () => subscriptions.live().map(shown),
    posts: () => delivery.posts,
    fault: (request) => {
      graph.fault(request);
    },
    faults: () => faults.list(),
    idle: () => delivery.idle(),
    stop: onStop,
  };
};
