import { status } from '@grpc/grpc-js';
import { Permanent, Retryable, Unmappable } from '../contract';
import { SchemaCache } from './schema-cache';

const avsc = (name: string): string =>
  JSON.stringify({ type: 'record', name, fields: [{ name: 'A', type: 'string' }] });
const refusal = (code: status): Permanent => new Permanent('x', 'refused', { cause: { code } });

describe('SchemaCache', () => {
  it('fetches a schema once, however many ask at once or later', async () => {
    const asked: string[] = [];
    const cache = new SchemaCache((id) => {
      asked.push(id);
      return Promise.resolve(avsc(`E${id}`));
    });
    const [a, again, b] = await Promise.all([cache.get('1'), cache.get('1'), cache.get('2')]);
    expect([a.name, again.name, b.name, (await cache.get('1')).name]).toEqual(['E1', 'E1', 'E2', 'E1']);
    expect(asked).toEqual(['1', '2']);
  });

  it('asks again after a failure', async () => {
    const answers = [Promise.reject(new Retryable('x', 'away')), Promise.resolve(avsc('E'))];
    const cache = new SchemaCache(() => answers.shift() ?? Promise.reject(new Error('asked too often')));
    await expect(cache.get('1')).rejects.toBeInstanceOf(Retryable);
    expect((await cache.get('1')).name).toBe('E');
  });

  it('says by name that a schema is unknown, and leaves a missing permission to a person', async () => {
    const unknown = new SchemaCache(() => Promise.reject(refusal(status.NOT_FOUND)));
    await expect(unknown.get('1')).rejects.toMatchObject({ code: 'SBX_SALESFORCE_SCHEMA_UNKNOWN' });
    await expect(unknown.get('1')).rejects.toBeInstanceOf(Unmappable);
    const denied = new SchemaCache(() => Promise.reject(refusal(status.PERMISSION_DENIED)));
    await expect(denied.get('1')).rejects.toBeInstanceOf(Permanent);
  });
});
