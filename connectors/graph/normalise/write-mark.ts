import { canonicalJson } from '../../../canonical-schema/canonical-json';
import { sha256Hex } from '../../../canonical-schema/sha256';
import { objectOf, textOf } from '../../kit/json';
import { type Fields, type NativeType, writeMark } from '../native';

/** What of a resource people and programs change; a body comes back in another form than it was written in. */
const watched: Readonly<Record<NativeType, readonly string[]>> = {
  message: ['subject', 'importance', 'categories', 'isRead', 'isDraft', 'flag.flagStatus'],
  event: [
    ...['subject', 'importance', 'categories', 'start.dateTime', 'end.dateTime', 'isCancelled', 'showAs'],
    ...['location.displayName', 'sensitivity'],
  ],
  todoTask: [],
  plannerTask: [],
};

/** The digest of a resource's content: left with an own write, and no longer right once somebody else changes it. */
export function markOf(nativeType: NativeType, resource: Fields): string {
  const valueAt = (path: string): unknown => {
    const [name = '', part] = path.split('.');
    return (part === undefined ? resource[name] : objectOf(resource[name])?.[part]) ?? null;
  };
  return sha256Hex(canonicalJson(watched[nativeType].map(valueAt)));
}

/** Whether the resource is exactly what Signalbox wrote last. */
export function isOwnWrite(nativeType: NativeType, resource: Fields): boolean {
  const properties = resource.singleValueExtendedProperties;
  const mark = (Array.isArray(properties) ? properties : []).map(objectOf).find((one) => isMark(textOf(one?.id)));
  return mark !== undefined && mark.value === markOf(nativeType, resource);
}

/** Exchange writes the GUID of a property in any case. */
function isMark(id: string | undefined): boolean {
  return id?.toLowerCase() === writeMark.toLowerCase();
}
