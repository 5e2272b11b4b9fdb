// Cloud for Customer's standard service, as far as Signalbox writes and reads it: sets, properties, types and lengths as published.
namespace c4codata;

aspect Node {
  key ObjectID : String(70);
      ETag     : Timestamp @cds.on.insert: $now @cds.on.update: $now;
}

aspect BusinessObject : Node {
  ID                  : String(35);
  CreationDateTime    : Timestamp @cds.on.insert: $now;
  CreatedBy           : String(480) @cds.on.insert: $user;
  EntityLastChangedOn : Timestamp @cds.on.insert: $now @cds.on.update: $now @odata.etag;
  LastChangedBy       : String(480) @cds.on.insert: $user @cds.on.update: $user;
}

aspect Text : Node {
  ParentObjectID : String(70);
  TypeCode       : String(5);
  LanguageCode   : String(2);
  Text           : LargeString;
  CreatedOn      : Timestamp @cds.on.insert: $now;
  CreatedBy      : String(480) @cds.on.insert: $user;
}

entity CorporateAccount : BusinessObject {
  AccountID      : String(10);
  Name           : String(480);
  AdditionalName : String(480);
  RoleCode       : String(6);
}

entity CorporateAccountText : Text {}

entity Task : BusinessObject {
  Subject                        : String(765);
  Status                         : String(2) default '1';
  PriorityCode                   : String(1);
  DueDateTime                    : DateTime;
  CompletionPercent              : Decimal(16, 2);
  MainEmployeeResponsiblePartyID : String(60);
  ProcessorPartyID               : String(60);
  OwnerUUID                      : UUID;
  MainAccountPartyID             : String(60);
  MainContactPartyID             : String(60);
  SignalboxKey_KUT               : String(255);
  TaskText                       : Composition of many TaskText on TaskText.ParentObjectID = ObjectID;
}

entity TaskText : Text {}

entity ServiceRequest : BusinessObject {
  Name                                  : String(765);
  ServicePriorityCode                   : String(1);
  ProcessingTypeCode                    : String(4) @assert.range enum { SRRQ; ZSRV; };
  ServiceAndSupportTeam                 : String(60);
  AssignedTo                            : String(60);
  CustomerID                            : String(60);
  CustomerMainContactPartyID            : String(60);
  ServiceRequestUserLifeCycleStatusCode : String(2) default '1';
  SignalboxKey_KUT                      : String(255);
  ServiceRequestDescription             : Composition of many ServiceRequestDescription on ServiceRequestDescription.ParentObjectID = ObjectID;
}

entity ServiceRequestDescription : Text {}

// Pages are small, so that a list of a few rows has several.
@cds.query.limit: 3
@requires: 'authenticated-user'
@protocol: [
  { kind: 'odata-v4', path: '/v4/c4c' },
  { kind: 'odata-v2', path: '/sap/c4c/odata/v1/c4codataapi' }
]
service c4codataapi {
  entity CorporateAccountCollection          as projection on CorporateAccount;
  entity CorporateAccountTextCollection      as projection on CorporateAccountText;
  entity TaskCollection                      as projection on Task;
  entity TaskTextCollection                  as projection on TaskText;
  entity ServiceRequestCollection            as projection on ServiceRequest;
  entity ServiceRequestDescriptionCollection as projection on ServiceRequestDescription;
}
