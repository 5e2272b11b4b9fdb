import { isCompound, type FieldDefinition, type FieldType } from '../org/definitions';
import { ObjectType } from '../org/object-type';
import { dataPath, type Answer, type RestCall } from './call';

/** The `type` and `soapType` that a describe gives for the field types that differ from their own name. */
const describedTypes: Partial<Record<FieldType, string>> = { html: 'textarea', personname: 'string' };

const soapTypes: Partial<Record<FieldType, string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  date: 'xsd:date',
  datetime: 'xsd:dateTime',
  time: 'xsd:time',
  address: 'urn:address',
  location: 'urn:location',
};

const numeric: readonly FieldType[] = ['double', 'currency', 'percent'];
const unbounded: readonly FieldType[] = [
  'boolean',
  'int',
  'double',
  'currency',
  'percent',
  'date',
  'datetime',
  'time',
  'address',
  'location',
];

const lengthOf = (field: FieldDefinition): number => {
  if (field.type === 'id' || field.type === 'reference') return 18;
  if (unbounded.includes(field.type)) return 0;
  return field.length ?? (field.type === 'textarea' || field.type === 'html' ? 32_768 : 255);
};

const picklistValues = (field: FieldDefinition): readonly object[] =>
  (field.values ?? []).map((value) => ({
    active: true,
    defaultValue: field.default === value,
    label: value,
    validFor: null,
    value,
  }));

/** How a field may be written. */
const writing = (field: FieldDefinition): object => {
  const isWritable = field.readOnly !== true && !isCompound(field);
  const hasDefault = field.default !== undefined || field.name === 'OwnerId' || field.readOnly === true;
  return {
    createable: isWritable,
    updateable: isWritable,
    nillable: field.required !== true && field.type !== 'boolean' && field.type !== 'id',
    defaultedOnCreate: hasDefault,
    defaultValue: field.default ?? null,
  };
};

/** How a field may be searched for. */
const searching = (field: FieldDefinition): object => {
  const isSearchable = field.type !== 'textarea' && field.type !== 'html' && field.type !== 'address';
  return {
    externalId: field.externalId === true,
    idLookup: field.externalId === true || field.name === 'Id',
    unique: field.unique === true,
    caseSensitive: false,
    filterable: isSearchable,
    sortable: isSearchable,
    groupable: isSearchable && !numeric.includes(field.type),
  };
};

const naming = (field: FieldDefinition): object => ({
  name: field.name,
  label: field.label ?? field.name.replace(/__c$/, '').replaceAll('_', ' '),
  custom: field.name.endsWith('__c'),
  nameField: field.name === 'Name' || field.name === 'CaseNumber',
  autoNumber: field.name === 'CaseNumber',
});

const describeField = (field: FieldDefinition): object => {
  const length = lengthOf(field);
  const isNumber = numeric.includes(field.type);
  return {
    ...naming(field),
    type: describedTypes[field.type] ?? field.type,
    soapType: soapTypes[field.type] ?? 'xsd:string',
    length,
    byteLength: length * 3,
    precision: isNumber ? 18 : 0,
    scale: isNumber ? 2 : 0,
    digits: field.type === 'int' ? 9 : 0,
    ...writing(field),
    ...searching(field),
    calculated: false,
    compoundFieldName: field.compound ?? null,
    referenceTo: field.referenceTo ?? [],
    relationshipName: field.type === 'reference' ? ObjectType.relationshipName(field) : null,
    restrictedPicklist: field.restricted === true,
    picklistValues: picklistValues(field),
    permissionable: true,
  };
};

const summary = (type: ObjectType, base: string): object => ({
  name: type.name,
  label: type.label,
  labelPlural: `${type.label}s`,
  keyPrefix: type.keyPrefix,
  custom: type.custom,
  createable: true,
  updateable: true,
  deletable: true,
  undeletable: true,
  queryable: true,
  retrieveable: true,
  replicateable: true,
  searchable: true,
  triggerable: true,
  urls: {
    sobject: `${base}/sobjects/${type.name}`,
    describe: `${base}/sobjects/${type.name}/describe`,
    rowTemplate: `${base}/sobjects/${type.name}/{ID}`,
  },
});

/** GET /sobjects */
export const describeGlobal = (call: RestCall): Answer => ({
  status: 200,
  body: {
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: call.context.org.tables.map(({ type }) => summary(type, dataPath(call))),
  },
});

/** GET /sobjects/X/describe */
export const describeObject = (call: RestCall, object: string): Answer => {
  const { type } = call.context.org.table(object);
  return {
    status: 200,
    body: {
      ...summary(type, dataPath(call)),
      fields: type.fields.map(describeField),
      childRelationships: [],
      recordTypeInfos: [],
    },
  };
};

/** GET /sobjects/X */
export const basicInformation = (call: RestCall, object: string): Answer => ({
  status: 200,
  body: { objectDescribe: summary(call.context.org.table(object).type, dataPath(call)), recentItems: [] },
});
