import { properties, type EntityType, type Navigation, type ServiceModel } from './entity-type';

const to = (name: string, set: string, many: boolean, ...on: readonly (readonly [string, string])[]): Navigation => ({
  name,
  to: set,
  many,
  on,
});
const same = (name: string): readonly [string, string] => [name, name];

const businessPartner: EntityType = {
  set: 'A_BusinessPartner',
  name: 'A_BusinessPartnerType',
  etag: true,
  deletable: false,
  properties: properties(`
    BusinessPartner String(10) key
    Customer String(10) readonly
    Supplier String(10) readonly
    AcademicTitle String(4)
    AuthorizationGroup String(4)
    BusinessPartnerCategory String(1)
    BusinessPartnerFullName String(81) readonly
    BusinessPartnerGrouping String(4)
    BusinessPartnerName String(81) readonly
    BusinessPartnerUUID Guid readonly
    CorrespondenceLanguage String(2)
    CreatedByUser String(12) readonly
    CreationDate DateTime readonly
    CreationTime Time readonly
    FirstName String(40)
    FormOfAddress String(4)
    Industry String(10)
    IsFemale Boolean
    IsMale Boolean
    IsNaturalPerson String(1)
    IsSexUnknown Boolean
    Language String(2)
    LastChangeDate DateTime readonly
    LastChangeTime Time readonly
    LastChangedByUser String(12) readonly
    LastName String(40)
    LegalForm String(2)
    OrganizationBPName1 String(40)
    OrganizationBPName2 String(40)
    OrganizationFoundationDate DateTime
    SearchTerm1 String(20)
    SearchTerm2 String(20)
    BirthDate DateTime
    BusinessPartnerIsBlocked Boolean
    BusinessPartnerType String(4)
    ETag String(26) readonly
    MiddleName String(40)
    PersonNumber String(10) readonly
    IsMarkedForArchiving Boolean
    BusinessPartnerIDByExtSystem String(20)
    TradingPartner String(6)
  `),
  navigations: [
    to('to_BusinessPartnerAddress', 'A_BusinessPartnerAddress', true, same('BusinessPartner')),
    to('to_BusinessPartnerRole', 'A_BusinessPartnerRole', true, same('BusinessPartner')),
    to('to_Customer', 'A_Customer', false, same('Customer')),
  ],
};

const address: EntityType = {
  set: 'A_BusinessPartnerAddress',
  name: 'A_BusinessPartnerAddressType',
  etag: false,
  deletable: true,
  properties: properties(`
    BusinessPartner String(10) key
    AddressID String(10) key
    ValidityStartDate DateTimeOffset
    ValidityEndDate DateTimeOffset
    AddressUUID Guid readonly
    CityName String(40)
    Country String(3)
    County String(40)
    FullName String(80) readonly
    HouseNumber String(10)
    Language String(2)
    PostalCode String(10)
    Region String(3)
    StreetName String(60)
    AddressTimeZone String(6)
  `),
  navigations: [
    to('to_EmailAddress', 'A_AddressEmailAddress', true, same('AddressID')),
    to('to_PhoneNumber', 'A_AddressPhoneNumber', true, same('AddressID')),
  ],
};

const email: EntityType = {
  set: 'A_AddressEmailAddress',
  name: 'A_AddressEmailAddressType',
  etag: false,
  deletable: true,
  properties: properties(`
    AddressID String(10) key
    Person String(10) key
    OrdinalNumber String(3) key
    IsDefaultEmailAddress Boolean
    EmailAddress String(241)
    SearchEmailAddress String(20) readonly
    AddressCommunicationRemarkText String(50)
  `),
  navigations: [],
};

const phone: EntityType = {
  set: 'A_AddressPhoneNumber',
  name: 'A_AddressPhoneNumberType',
  etag: false,
  deletable: true,
  properties: properties(`
    AddressID String(10) key
    Person String(10) key
    OrdinalNumber String(3) key
    DestinationLocationCountry String(3)
    IsDefaultPhoneNumber Boolean
    PhoneNumber String(30)
    PhoneNumberExtension String(10)
    InternationalPhoneNumber String(30) readonly
    PhoneNumberType String(1)
    AddressCommunicationRemarkText String(50)
  `),
  navigations: [],
};

const role: EntityType = {
  set: 'A_BusinessPartnerRole',
  name: 'A_BusinessPartnerRoleType',
  etag: false,
  deletable: false,
  properties: properties(`
    BusinessPartner String(10) key
    BusinessPartnerRole String(6) key
    ValidFrom DateTimeOffset
    ValidTo DateTimeOffset
    AuthorizationGroup String(4)
  `),
  navigations: [],
};

const customer: EntityType = {
  set: 'A_Customer',
  name: 'A_CustomerType',
  etag: false,
  deletable: false,
  properties: properties(`
    Customer String(10) key
    CreatedByUser String(12) readonly
    CreationDate DateTime readonly
    CustomerAccountGroup String(4)
    CustomerClassification String(2)
    CustomerFullName String(220) readonly
    CustomerName String(80) readonly
    DeliveryIsBlocked String(2)
    OrderIsBlockedForCustomer String(2)
    PostingIsBlocked Boolean
    DeletionIndicator Boolean
  `),
  navigations: [to('to_CustomerText', 'A_CustomerText', true, same('Customer'))],
};

/** Its metadata says that LongText is not to be written; its description has creation and change of these texts. */
const customerText: EntityType = {
  set: 'A_CustomerText',
  name: 'A_CustomerTextType',
  etag: false,
  deletable: true,
  properties: properties(`
    Customer String(10) key
    Language String(2) key
    LongTextID String(4) key
    LongText String readonly taken
  `),
  navigations: [],
};

/** API_BUSINESS_PARTNER: names and types as in its metadata, a subset of both sets and properties. */
export const businessPartnerService: ServiceModel = {
  path: '/sap/opu/odata/sap/API_BUSINESS_PARTNER',
  namespace: 'API_BUSINESS_PARTNER',
  types: [businessPartner, address, email, phone, role, customer, customerText],
};

const salesOrder: EntityType = {
  set: 'A_SalesOrder',
  name: 'A_SalesOrderType',
  etag: true,
  deletable: true,
  properties: properties(`
    SalesOrder String(10) key
    SalesOrderType String(4)
    SalesOrganization String(4)
    DistributionChannel String(2)
    OrganizationDivision String(2)
    SoldToParty String(10)
    CreationDate DateTime readonly
    CreatedByUser String(12) readonly
    LastChangeDate DateTime readonly
    LastChangeDateTime DateTimeOffset readonly
    PurchaseOrderByCustomer String(35)
    SalesOrderDate DateTime
    RequestedDeliveryDate DateTime
    TotalNetAmount Decimal(16,3) readonly
    TransactionCurrency String(5)
    OverallSDProcessStatus String(1) readonly
    DeliveryBlockReason String(2)
  `),
  navigations: [to('to_Item', 'A_SalesOrderItem', true, same('SalesOrder'))],
};

const salesOrderItem: EntityType = {
  set: 'A_SalesOrderItem',
  name: 'A_SalesOrderItemType',
  etag: false,
  deletable: true,
  properties: properties(`
    SalesOrder String(10) key
    SalesOrderItem String(6) key
    SalesOrderItemText String(40)
    Material String(40)
    RequestedQuantity Decimal(15,3)
    RequestedQuantityUnit String(3)
    NetAmount Decimal(16,3)
    TransactionCurrency String(5) readonly
  `),
  navigations: [],
};

/** API_SALES_ORDER_SRV, from general knowledge: no metadata of it is at hand. */
export const salesOrderService: ServiceModel = {
  path: '/sap/opu/odata/sap/API_SALES_ORDER_SRV',
  namespace: 'API_SALES_ORDER_SRV',
  types: [salesOrder, salesOrderItem],
};
