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
  /** Moves a message to a folder of its mailbox, by id or well-known name. */
  move(collection: string, id: string, folder: string): void;
  /** A new mail folder's id. @param parent id of the folder that it lies in; absent for the top */
  addFolder(user: string, displayName: string, parent?: string): string;
  /** Removes a folder and all that is in it, for good. */
  removeFolder(user: string, folder: string): void;
  /** An item as Graph writes it; undefined where there is none. */
  item(collection: string, id: string): Values | undefined;
  items(collection: string): readonly Values[];
  /** A new plan's id. */
  addPlan(): string;
  /** The tasks of a plan, as Planner writes them, with their descriptions. */
  planTasks(plan: string): readonly Values[];
  /** As a person changes a task of a plan, or removes it. */
  updatePlanTask(id: string, values: Values): void;
  removePlanTask(id: string): void;
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
    move: (collection, id, folder) => {
      const place = mailboxes.place(collection);
      mailboxes.move(mailboxes.find(place, id), mailboxes.folder(place.user, folder));
    },
    addFolder: (name, displayName, parent) =>
      mailboxes.owner(`users/${name}`).user.folders.add(displayName, parent ?? null).id,
    removeFolder: (name, folder) => {
      const { user } = mailboxes.owner(`users/${name}`);
      mailboxes.removeFolder(user, mailboxes.folder(user, folder));
    },
    item: (collection, id) => {
      const found = mailboxes.in(mailboxes.place(collection)).find((item) => item.id === id);
      return found === undefined ? undefined : render(found);
    },
    items: (collection) => mailboxes.in(mailboxes.place(collection)).map((item) => render(item)),
    addPlan: () => plans.add(),
    planTasks: (plan) =>
      plans.tasksOf(plan).map((task) => ({ ...task, description: plans.details(String(task.id)).description })),
    updatePlanTask: (id, values) => {
      plans.update(id, values, etagOf(plans.task(id)));
    },
    removePlanTask: (id) => {
      plans.remove(id, etagOf(plans.task(id)));
    },
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

const etagOf = (task: Values): string => String(task['@odata.etag']);
