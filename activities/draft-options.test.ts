import { optionsOf } from './draft-options';
import type { ActTemplate } from '../tenants/act-template';

const hot: ActTemplate = { kind: 'set', field: 'Rating', value: 'Hot' };
const warm: ActTemplate = { kind: 'set', field: 'Rating', value: 'Warm' };
const task: ActTemplate = { kind: 'task', subject: 'Call', priority: 'normal', draft: { withinMs: 1 } };
const route: ActTemplate = { kind: 'route', field: 'OwnerId', to: { billing: '00G1' }, otherwise: '00G2' };

test('may be proposed what the use case does in any band, but for what is done anyway, each once', () => {
  const options = optionsOf(
    { act: { hot: [task, hot], warm: [warm, hot], cold: [route, warm] } },
    { templates: [task, hot] },
  );
  expect([...options]).toEqual([
    ['P1', { does: 'set the field Rating to "Warm"', template: warm }],
    [
      'P2',
      {
        does: 'give the record to the owner for "billing"',
        template: { kind: 'set', field: 'OwnerId', value: '00G1' },
      },
    ],
    [
      'P3',
      { does: 'give the record to the owner for all else', template: { kind: 'set', field: 'OwnerId', value: '00G2' } },
    ],
  ]);
});

test('a use case with nothing but a task leaves nothing to propose', () => {
  expect(optionsOf({ act: { hot: [task] } }, { templates: [task] }).size).toBe(0);
});
