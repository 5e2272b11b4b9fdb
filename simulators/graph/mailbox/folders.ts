import { newId, type Values } from './item';

/** A mail folder of a mailbox. */
export interface Folder {
  readonly id: string;
  readonly displayName: string;
  /** The folder that it lies in; null at the top. */
  readonly parent: string | null;
}

/** Folders that every mailbox has, by the names that paths may use in place of their ids. */
const wellKnown: Readonly<Record<string, string>> = {
  inbox: 'Inbox',
  drafts: 'Drafts',
  sentitems: 'Sent Items',
  deleteditems: 'Deleted Items',
  archive: 'Archive',
};

/** The mail folders of one mailbox. */
export class Folders {
  readonly #byName = new Map<string, Folder>();
  readonly #own = new Map<string, Folder>();

  constructor() {
    for (const [name, displayName] of Object.entries(wellKnown)) {
      this.#byName.set(name, { id: newId(), displayName, parent: null });
    }
  }

  /** By id, or by well-known name in any case. */
  find(idOrName: string): Folder | undefined {
    return this.#byName.get(idOrName.toLowerCase()) ?? this.#all().find(({ id }) => id === idOrName);
  }

  /** Those that lie in a folder; with null those at the top. */
  in(parent: string | null): readonly Folder[] {
    return this.#all().filter((folder) => folder.parent === parent);
  }

  add(displayName: string, parent: string | null): Folder {
    const folder = { id: newId(), displayName, parent };
    this.#own.set(folder.id, folder);
    return folder;
  }

  remove({ id }: Folder): void {
    this.#own.delete(id);
  }

  /** A folder as Graph writes it. */
  shown({ id, displayName, parent }: Folder): Values {
    return { id, displayName, parentFolderId: parent, childFolderCount: this.in(id).length, isHidden: false };
  }

  #all(): readonly Folder[] {
    return [...this.#byName.values(), ...this.#own.values()];
  }
}
