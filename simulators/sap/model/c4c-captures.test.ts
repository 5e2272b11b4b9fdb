import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { c4cService } from './c4c';

const folder = join(__dirname, '..', '..', '..', '..', 'shared', 'fixtures', 'sap', 'c4c');
const describeCaptures = existsSync(folder) ? describe : describe.skip;

const names = (set: string): readonly string[] =>
  (c4cService({}).types.find((type) => type.set === set)?.properties ?? []).map(({ name }) => name);

const guide = (): string => readFileSync(join(folder, 'SAP-C4CODATAAPIDEVGUIDE.serviceticket.md'), 'utf8');

/** Members of the first entity of this type in the guide's answers. */
const inGuide = (type: string): readonly string[] => {
  const text = guide();
  const at = text.indexOf(`"type":"c4codata.${type}","etag"`);
  const end = text.indexOf('\n', at);
  return [...text.slice(at, end).matchAll(/"(\w+)":/g)].map(([, name = '']) => name);
};

describeCaptures('sets against captured answers (needs ../shared/fixtures/sap)', () => {
  it('a task has what a captured one has', () => {
    const { message } = JSON.parse(readFileSync(join(folder, 'activity-task-collection-01-sample.json'), 'utf8')) as {
      message: readonly object[];
    };
    const captured = new Set(Object.keys(message[0] ?? {}));
    // The capture is somebody's choice of fields; these are common to all objects.
    const common = ['CreatedBy', 'CreationDateTime'];
    const ours = names('TaskCollection');
    expect(ours.length).toBeGreaterThan(40);
    expect(ours.filter((name) => !captured.has(name))).toEqual(common);
  });

  it('a ticket has what the guide’s ticket has', () => {
    const captured = new Set(inGuide('ServiceRequest'));
    expect(captured.size).toBeGreaterThan(60);
    const own = ['UUID', 'EntityLastChangedOn', 'ExternalID'];
    expect(names('ServiceRequestCollection').filter((name) => !captured.has(name))).toEqual(own);
  });

  it('a note has exactly what the guide’s note has, in its order', () => {
    const captured = inGuide('ServiceRequestDescription').filter((name) => !['type', 'etag'].includes(name));
    expect(names('ServiceRequestDescriptionCollection')).toEqual(captured);
  });
});
