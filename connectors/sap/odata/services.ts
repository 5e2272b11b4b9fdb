import type { EntityName } from '../../../canonical-schema/entity';
import { tableOf } from '../normalise/tables';

/** Where an object's rows are. */
export interface EntitySet {
  readonly nativeType: string;
  /** Path of the service. */
  readonly service: string;
  readonly set: string;
  readonly key: string;
  /**
   * Says when a row was changed last: an instant, or a day beside a time of day.
   * `created`: the day of creation, where `field` is empty until the first change.
   */
  readonly changed: { readonly field: string; readonly type: 'instant' | 'day'; readonly created?: string };
  readonly expand?: string;
}

const partners = '/sap/opu/odata/sap/API_BUSINESS_PARTNER';
const orders = '/sap/opu/odata/sap/API_SALES_ORDER_SRV';
const cloud = '/sap/c4c/odata/v1/c4codataapi';

const cloudSet = (nativeType: string, set: string): EntitySet => ({
  nativeType,
  service: cloud,
  set,
  key: 'ObjectID',
  changed: { field: 'EntityLastChangedOn', type: 'instant' },
});

/** A product of SAP's that is read and written over OData. */
export type ODataProduct = 's4' | 'c4c';

const sets: Readonly<Record<ODataProduct, readonly EntitySet[]>> = {
  s4: [
    {
      nativeType: 'BusinessPartner',
      service: partners,
      set: 'A_BusinessPartner',
      key: 'BusinessPartner',
      changed: { field: 'LastChangeDate', type: 'day', created: 'CreationDate' },
      expand: [
        'to_BusinessPartnerAddress',
        'to_BusinessPartnerAddress/to_EmailAddress',
        'to_BusinessPartnerAddress/to_PhoneNumber',
      ].join(),
    },
    {
      nativeType: 'SalesOrder',
      service: orders,
      set: 'A_SalesOrder',
      key: 'SalesOrder',
      changed: { field: 'LastChangeDateTime', type: 'instant' },
      expand: 'to_Item',
    },
    {
      nativeType: 'OutboundDelivery',
      service: '/sap/opu/odata/sap/API_OUTBOUND_DELIVERY_SRV;v=0002',
      set: 'A_OutbDeliveryHeader',
      key: 'DeliveryDocument',
      changed: { field: 'LastChangeDate', type: 'day', created: 'CreationDate' },
      expand: 'to_DeliveryDocumentItem',
    },
    {
      nativeType: 'BillingDocument',
      service: '/sap/opu/odata/sap/API_BILLING_DOCUMENT_SRV',
      set: 'A_BillingDocument',
      key: 'BillingDocument',
      changed: { field: 'LastChangeDateTime', type: 'instant' },
      expand: 'to_Item',
    },
  ],
  c4c: [
    cloudSet('Account', 'CorporateAccountCollection'),
    cloudSet('Contact', 'ContactCollection'),
    cloudSet('Lead', 'LeadCollection'),
    cloudSet('Opportunity', 'OpportunityCollection'),
    cloudSet('ServiceRequest', 'ServiceRequestCollection'),
    cloudSet('Task', 'TaskCollection'),
  ],
};

/** Objects that a stream's gap is read back for where the configuration names none. */
export const usualObjects: Readonly<Record<ODataProduct, readonly string[]>> = {
  s4: ['BusinessPartner', 'SalesOrder'],
  c4c: ['Account', 'Contact', 'Lead', 'Opportunity', 'ServiceRequest', 'Task'],
};

/** The sets of a product that can be read. */
export function setsOf(product: ODataProduct): readonly EntitySet[] {
  return sets[product];
}

/** The set of an object, by any of its names; undefined where its service is not known. */
export function setOf(product: ODataProduct, nativeType: string): EntitySet | undefined {
  const { nativeType: name } = tableOf(nativeType);
  return sets[product].find((set) => set.nativeType === name);
}

/** The set of a canonical entity, for writing. */
export function setOfEntity(product: ODataProduct, entity: string): EntitySet | undefined {
  return sets[product].find(({ nativeType }) => tableOf(nativeType).entity === (entity as EntityName));
}

/** A text in a URL's filter or key. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
