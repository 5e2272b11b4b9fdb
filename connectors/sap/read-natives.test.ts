import { Unmappable } from '../contract';
import { readNatives, readText } from './read-natives';

function codeOf(read: () => unknown): string {
  try {
    read();
    return 'read';
  } catch (error) {
    if (error instanceof Unmappable) return error.code;
    throw error;
  }
}

describe('readText', () => {
  it.each([
    ['SBX_SAP_EMPTY', ' \n'],
    ['SBX_SAP_TEXT', '# How to call\n\n```\nGET /sap HTTP/1.1\n```'],
    ['SBX_SAP_JSON', '{"specversion": "1.0",'],
    ['SBX_SAP_IDOC_FLAT', 'EDI_DC40  2000000000000410077'],
    ['SBX_SAP_XML', '<DEBMAS01><IDOC></DEBMAS01>'],
    ['SBX_SAP_XML_ROOT', '<html><body>504</body></html>'],
    ['SBX_SAP_SCHEMA', '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"/>'],
    ['SBX_SAP_EDMX', '<edmx:Edmx Version="1.0"/>'],
    ['SBX_SAP_ATOM', '<feed xmlns="http://www.w3.org/2005/Atom"/>'],
    ['SBX_SAP_BAPI', '<BAPI_CUSTOMER_GETDETAIL2><export/></BAPI_CUSTOMER_GETDETAIL2>'],
    ['SBX_SAP_XML_DOCTYPE', '<!DOCTYPE a [<!ENTITY b "&c;&c;">]><DEBMAS01><IDOC>&b;</IDOC></DEBMAS01>'],
    ['SBX_SAP_XML', '<a>'.repeat(500) + '</a>'.repeat(500)],
    ['SBX_SAP_SOAP', '<Envelope><Body/></Envelope>'],
    ['SBX_SAP_SCHEMA', '{"asyncapi": "2.0.0", "channels": {}}'],
    ['SBX_SAP_EVENT_TYPE', '{"currentImage": {"id": "1"}}'],
    ['SBX_SAP_NO_ROWS', '{"d": {"results": []}}'],
    ['SBX_SAP_PAYLOAD', '{"constructor": {}, "a": 1}'],
    ['SBX_SAP_PAYLOAD', '{"value": {"id": "1"}}'],
    ['SBX_SAP_PAYLOAD', '[null]'],
  ])('refuses by name: %s', (code, text) => {
    expect(codeOf(() => readText(text))).toBe(code);
  });

  it('keeps digits that a double cannot hold', () => {
    const [native] = readText(
      '{"specversion":"1.0","id":1234567890123456789,"type":"a.b.Created","data":{"N":0.1234567890123456789}}',
    );
    expect(native).toMatchObject({ id: '1234567890123456789', data: { N: '0.1234567890123456789' } });
  });
});

describe('readNatives', () => {
  it('of several, keeps those that can be read', () => {
    const kinds = readNatives([{ specversion: '1.0', type: 'x.Y.Created', id: '1' }, 7]).map(({ kind }) => kind);
    expect(kinds).toEqual(['event', 'unreadable']);
  });

  it.each([
    [
      'a log line',
      { level: 'INFO', function: 'caller.(*Caller).TaskCollection', message: [{ ObjectID: 'A1' }] },
      'Task',
    ],
    ['OData V4', { '@odata.context': '$metadata#SalesOrder/$entity', value: [{ SalesOrder: '1' }] }, 'SalesOrder'],
    ['a collection', { PhoneCallCollection: { ObjectID: 'A1' } }, 'PhoneCall'],
    [
      'a node',
      { level: 'I', function: 'x.EMailCollection', message: [{ EMailValue: 'a@b.example', ParentObjectID: 'P' }] },
      'EMailSenderParty',
    ],
    ['an activity by its document type', { ObjectID: 'A1', DocumentType: '0006' }, 'Task'],
    ['an S/4HANA row by its key', { BusinessPartner: '7', BusinessPartnerFullName: 'Maier' }, 'BusinessPartner'],
  ])('tells the type of a row in %s', (_, payload, nativeType) => {
    expect(readNatives(payload)).toEqual([expect.objectContaining({ kind: 'row', nativeType })]);
  });
});
