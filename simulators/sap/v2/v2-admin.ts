import type { Body } from '../odata/writing';
import { etagOf, type V2Author, type V2Record, type V2Store } from './v2-store';

/** What a test or a demo may do to the V2 tenant as a person, behind its API's back. */
export class V2Admin {
  constructor(
    private readonly store: V2Store,
    private readonly person: () => V2Author,
  ) {}

  /** Creates a record; answers its id. @throws V2Error */
  create(set: string, body: Body): string {
    return this.store.create(set, body, this.person()).id;
  }

  /** Changes a record by a merge patch. @throws V2Error */
  update(set: string, id: string, patch: Body): void {
    this.store.change(set, id, patch, this.person());
  }

  /** @throws V2Error */
  remove(set: string, id: string): void {
    this.store.remove(set, id, this.person());
  }

  /** One record, with its ETag beside it. @throws V2Error 404 */
  record(set: string, id: string): V2Record & { readonly etag: string } {
    const record = this.store.get(set, id);
    return { ...record, etag: etagOf(record) };
  }

  /** All records of a set. */
  records(set: string): readonly V2Record[] {
    return this.store.all(this.store.object(set).set);
  }

  /** Those that hold this key among their extension fields. */
  keyed(set: string, key: string, field = 'SignalboxKey'): readonly V2Record[] {
    return this.records(set).filter(({ extensions }) => (extensions as Body | undefined)?.[field] === key);
  }
}
