// API_BUSINESS_PARTNER and API_SALES_ORDER_SRV of S/4HANA, as far as Signalbox writes and reads them.
namespace s4;

entity BusinessPartner {
  key BusinessPartner         : String(10);
      Customer                : String(10);
      BusinessPartnerCategory : String(1);
      BusinessPartnerName     : String(81);
      OrganizationBPName1     : String(40);
      SearchTerm2             : String(20);
      CreationDate            : Date;
      CreationTime            : Time;
      LastChangeDate          : Date;
      LastChangeTime          : Time;
      LastChangedByUser       : String(12);
      ETag                    : String(26) @odata.etag;
      to_BusinessPartnerAddress : Composition of many BusinessPartnerAddress on to_BusinessPartnerAddress.BusinessPartner = BusinessPartner;
}

entity BusinessPartnerAddress {
  key BusinessPartner : String(10);
  key AddressID       : String(10);
      CityName        : String(40);
      Country         : String(3);
      to_EmailAddress : Composition of many EmailAddress on to_EmailAddress.AddressID = AddressID;
      to_PhoneNumber  : Composition of many PhoneNumber on to_PhoneNumber.AddressID = AddressID;
}

entity EmailAddress {
  key AddressID             : String(10);
  key Person                : String(10);
  key OrdinalNumber         : String(3);
      IsDefaultEmailAddress : Boolean;
      EmailAddress          : String(241);
}

entity PhoneNumber {
  key AddressID                : String(10);
  key Person                   : String(10);
  key OrdinalNumber            : String(3);
      IsDefaultPhoneNumber     : Boolean;
      InternationalPhoneNumber : String(30);
}

entity CustomerText {
  key Customer   : String(10);
  key Language   : String(2);
  key LongTextID : String(4);
      LongText   : LargeString;
}

entity SalesOrder {
  key SalesOrder          : String(10);
      SoldToParty         : String(10);
      TotalNetAmount      : Decimal(16, 3);
      TransactionCurrency : String(5);
      LastChangeDateTime  : Timestamp @cds.on.insert: $now @cds.on.update: $now @odata.etag;
      to_Item             : Composition of many SalesOrderItem on to_Item.SalesOrder = SalesOrder;
}

entity SalesOrderItem {
  key SalesOrder        : String(10);
  key SalesOrderItem    : String(6);
      Material          : String(40);
      RequestedQuantity : Decimal(15, 3);
}

@cds.query.limit: 3
@requires: 'authenticated-user'
@protocol: [
  { kind: 'odata-v4', path: '/v4/business-partner' },
  { kind: 'odata-v2', path: '/sap/opu/odata/sap/API_BUSINESS_PARTNER' }
]
service API_BUSINESS_PARTNER {
  entity A_BusinessPartner        as projection on BusinessPartner;
  entity A_BusinessPartnerAddress as projection on BusinessPartnerAddress;
  entity A_AddressEmailAddress    as projection on EmailAddress;
  entity A_AddressPhoneNumber     as projection on PhoneNumber;
  entity A_CustomerText           as projection on CustomerText;
}

@cds.query.limit: 3
@requires: 'authenticated-user'
@protocol: [
  { kind: 'odata-v4', path: '/v4/sales-order' },
  { kind: 'odata-v2', path: '/sap/opu/odata/sap/API_SALES_ORDER_SRV' }
]
service API_SALES_ORDER_SRV {
  entity A_SalesOrder     as projection on SalesOrder;
  entity A_SalesOrderItem as projection on SalesOrderItem;
}
