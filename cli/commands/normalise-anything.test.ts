import fc from 'fast-check';
import { validateEvent } from '../../canonical-schema/validate';
import { signalbox } from '../terminal.fixture';

// Payloads that are near enough to the real thing to get far, damaged as files get damaged.

const xml =
  '<?xml version="1.0"?><DEBMAS07><IDOC><EDI_DC40><DOCNUM>12</DOCNUM></EDI_DC40><E1KNA1M><KUNNR>7</KUNNR><NAME1>A&amp;B</NAME1></E1KNA1M></IDOC></DEBMAS07>';
const samples: Readonly<Record<string, readonly string[]>> = {
  salesforce: [
    '{"channel":"/data/LeadChangeEvent","data":{"payload":{"ChangeEventHeader":{"entityName":"Lead","recordIds":["00Q000000000001AAA"],"changeType":"UPDATE","transactionKey":"t","sequenceNumber":1,"commitTimestamp":1772357400000,"commitNumber":1772357400000000123},"Status":"New","Address":{"City":"Oslo"}},"event":{"replayId":7}}}',
  ],
  dynamics365: [
    '{"MessageName":"Update","PrimaryEntityName":"lead","PrimaryEntityId":"5b0e6f0a-4d0f-ef11-9f8a-6045bdd4c6be","OperationCreatedOn":"\\/Date(1772357400000+0000)\\/","InputParameters":[{"key":"Target","value":{"LogicalName":"lead","Attributes":[{"key":"subject","value":"A"},{"key":"statecode","value":{"Value":0}}]}}]}',
  ],
  sap: [
    '{"specversion":"1.0","type":"sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1","id":"1","source":"/s","time":"2026-03-01T09:30:00Z","data":{"SalesOrder":"4711"}}',
    xml,
  ],
  graph: [
    '{"value":[{"subscriptionId":"s","changeType":"updated","resource":"users/u/messages/m","subscriptionExpirationDateTime":"2026-03-03T00:00:00Z","resourceData":{"id":"m"}}]}',
  ],
  cloudevents: [
    '{"specversion":"1.0","id":"1","source":"/s","type":"com.acme.transaction.created","time":"2026-03-01T09:30:00Z","data":{"id":"t","kind":"purchase","amount":"1.50"}}',
    'POST / HTTP/1.1\nce-specversion: 1.0\nce-id: 1\nce-source: /s\nce-type: t\nce-time: 2026-03-01T09:30:00Z\nContent-Type: application/json\n\n{"a":1}',
  ],
};

const values = ['null', '""', '-1', '1e400', '12345678901234567890', '[]', '{}', '"0000-01-01T00:00:00Z"', '"\\ud800"'];
const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const damages = fc.oneof(
  fc.nat(400).map((at) => (text: string) => text.slice(0, at)),
  fc.tuple(fc.nat(400), fc.constantFrom(...'{}[]<>"&:,\u0000\u202e'.split(''))).map(
    ([at, what]) =>
      (text: string) =>
        text.slice(0, at) + what + text.slice(at),
  ),
  fc.tuple(fc.nat(12), fc.constantFrom(...values, deep)).map(([nth, value]) => (text: string) => {
    let seen = 0;
    return text.replace(/:\s*("[^"]*"|-?\d+)/g, (whole) => (seen++ === nth ? `:${value}` : whole));
  }),
  fc.nat(12).map((nth) => (text: string) => {
    let seen = 0;
    return text.replace(/"(\w+)"\s*:/g, (whole) => (seen++ === nth ? `"other":1,"x${nth}":` : whole));
  }),
  fc.constantFrom(
    (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`,
    (text: string) => `${text}\n${text}`,
    (text: string) => `2026-03-01 INFO got ${text}`,
    (text: string) => text.replace(/\}$/, ',}'),
    (text: string) => text.replace(/>(\w+)</, `>${'<a>'.repeat(5000)}$1${'</a>'.repeat(5000)}<`),
    (text: string) => JSON.stringify(JSON.stringify(text)),
  ),
);

test.each(Object.keys(samples))(
  'a damaged payload of %s gives valid events or a refusal with place and fix',
  async (name) => {
    const run = (input: string) => signalbox(['normalise', '--tenant', 'acme', '--connector', name, '-'], { input });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(samples[name] ?? [])),
        fc.array(damages, { maxLength: 3 }),
        async (sample, how) => {
          const input = how.reduce((text, damage) => damage(text), sample);
          const { code, out, err } = await run(input);
          for (const line of out.split('\n').slice(0, -1)) expect(validateEvent(JSON.parse(line))).toEqual([]);
          if (code === 0) expect([err, out !== '']).toEqual(['', true]);
          else expect([code, err]).toEqual([2, expect.stringMatching(/^signalbox: .+ \(-.*\)\n {2}fix: .+\n/s)]);
          expect(await run(input)).toEqual({ code, out, err });
        },
      ),
      { numRuns: 150 },
    );
  },
);
