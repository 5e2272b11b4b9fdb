import { startSample } from '../../test/dynamics365-org';
import { taskIdOf } from './task-row';

it('makes a task regarding nothing where no row stands for what it is about', async () => {
  const sample = await startSample();
  try {
    const [result] = await sample.connection.sink.apply(
      [
        {
          ...{ kind: 'create-task', id: 'a-1', tenantid: 'acme', connection: 'sales', decisionid: 'd-1' },
          about: { entity: 'rhythm', id: 'sales:lead.created:2026-03-01' },
          task: { subject: 'Look', description: 'Why', priority: 'high' },
        },
      ],
      AbortSignal.timeout(10_000),
    );
    expect(result).toMatchObject({ outcome: 'applied' });
    const task = sample.org.admin.record('task', taskIdOf({ id: 'a-1', tenantid: 'acme' }));
    expect(task).toMatchObject({ subject: 'Look' });
    expect(task?.['_regardingobjectid_value'] ?? '').toBe('');
  } finally {
    await sample.stop();
  }
});
