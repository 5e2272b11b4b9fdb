import { NamedServerAway, WayClosed, firstThatWorks, notOwned } from './ways';

const silent = (): void => undefined;
const closed = (name: string) => ({
  name,
  open: () => Promise.reject(new WayClosed(`${name} is closed`, `open ${name}`)),
});
const open = (name: string) => ({
  name,
  open: () => Promise.resolve(notOwned('thing', 'amqp://me:secret@host:1', name)),
});

describe('firstThatWorks', () => {
  it('goes the first way that is open, and no further', async () => {
    const provided = await firstThatWorks('Thing', [closed('a'), open('b'), open('c')], silent);
    expect(provided.how).toBe('b');
  });

  it('names every way, its reason and its fix when none is open', async () => {
    const broken = { name: 'b', open: () => Promise.reject(new Error('boom')) };
    const attempt = firstThatWorks('Thing', [closed('a'), broken], silent);
    await expect(attempt).rejects.toThrow(/1\. a: a is closed\n +fix: open a\n +2\. b: Error: boom/);
  });

  it('takes no other server than the one that the environment names', async () => {
    const away = { name: 'THING_URL', open: () => Promise.reject(new NamedServerAway('nobody answers', 'start it')) };
    const attempt = firstThatWorks('Thing', [away, open('b')], silent);
    await expect(attempt).rejects.toThrow(
      /^Thing could not be provided:\n +1\. THING_URL: nobody answers\n +fix: start it$/,
    );
  });

  it('tells where the server is without its password', async () => {
    const lines: string[] = [];
    await firstThatWorks('Thing', [open('a')], (line) => lines.push(line));
    expect(lines).toEqual(['Thing: ready at amqp://host:1 (a)']);
  });
});

it('never kills, restarts or stops a server that it did not start', async () => {
  const server = notOwned('rabbitmq', 'amqp://me:secret@host:1', 'AMQP_URL');
  await expect(server.kill()).rejects.toThrow(/not started here/);
  await expect(server.restart()).rejects.toThrow(/not started here/);
  await expect(server.kill()).rejects.not.toThrow(/secret/);
  await server.stop();
});
