import { taskToTell } from './story';

const task = (Id: string, over: Readonly<Record<string, unknown>> = {}) => ({
  ...{ Id, WhoId: '00QSb0000000001MAA', Status: 'Not Started', IsDeleted: false },
  Signalbox_Key__c: `sbx:${Id}:lead-scoring:create-task`,
  Description: `Why (88 % likely):\nDecision ${Id}:lead-scoring\nModel sha256:0b`,
  ...over,
});

const closed = task('a', { Status: 'Completed', Description: 'No longer called for: now 12 %.' });
const changed = task('b', { Description: 'Why (70 % likely):\nDecision z:lead-scoring\nModel sha256:0b' });
const removed = task('c', { IsDeleted: true });
const foreign = task('d', { WhoId: null });

test.each([
  ['an open task that says what was decided', [closed, changed, removed, foreign, task('e')], 'e'],
  ['an open one that was changed, where there is no other', [closed, changed], 'b'],
  ['a closed one, where all are', [removed, closed], 'a'],
  ['none, where there is none', [removed, foreign], undefined],
])('the demo tells %s', (_, tasks, id) => {
  expect(taskToTell(tasks)?.Id).toBe(id);
});
