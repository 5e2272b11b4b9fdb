import { children, object } from './c4c-object';
import { account, contact, individual } from './c4c-partners';
import { properties, type EntityType, type Property, type ServiceModel } from './entity-type';

/** Path of the standard service. */
const path = '/sap/c4c/odata/v1/c4codataapi';

/** A note below a business object. */
const text = (set: string, name: string): EntityType => ({
  set,
  name,
  etag: true,
  deletable: true,
  properties: properties(`
    ParentObjectID String(70)
    ObjectID String(70) key readonly
    TypeCode String(5)
    LanguageCode String(2)
    Text String
    CreatedOn DateTimeOffset readonly
    UpdatedOn DateTimeOffset readonly
    CreatedBy String(480) readonly
    LastUpdatedBy String(480) readonly
    AuthorName String readonly
    AuthorUUID Guid readonly
    ETag DateTimeOffset readonly
    TypeCodeText String readonly
    LanguageCodeText String readonly
  `),
  navigations: [],
});

const lead = object(
  'LeadCollection',
  'Lead',
  `
  Name String(765)
  NameLanguageCode String(2)
  AccountPartyID String(60)
  AccountPartyUUID Guid
  AccountPartyName String(480) readonly
  ContactID String(60)
  ContactUUID Guid
  ContactName String(480) readonly
  Company String(40)
  ContactFirstName String(40)
  ContactMiddleName String(40)
  ContactLastName String(40)
  ContactPhone String(350)
  ContactMobile String(350)
  ContactEMail String(255)
  ContactFunctionalTitleName String(40)
  IndividualCustomerGivenName String(40)
  IndividualCustomerFamilyName String(40)
  IndividualCustomerEMail String(255)
  IndividualCustomerPhone String(350)
  QualificationLevelCode String(2)
  QualificationLevelCodeText String readonly
  UserStatusCode String(2)
  UserStatusCodeText String readonly
  ResultReasonCode String(3)
  ApprovalStatusCode String(2) readonly
  ConsistencyStatusCode String(2) readonly
  LifeCycleStatusCode String(2) readonly
  OriginTypeCode String(4)
  OriginTypeCodeText String readonly
  PriorityCode String(1)
  PriorityCodeText String readonly
  StartDate DateTime
  EndDate DateTime
  CampaignID String(20)
  OwnerPartyID String(60)
  OwnerPartyUUID Guid
  OwnerPartyName String(480) readonly
  SalesTerritoryID String(6)
  SalesOrganisationID String(20)
  Note String
  ExpectedRevenueAmount Decimal(28,6)
  ExpectedRevenueCurrencyCode String(3)
  Score Int32
  AccountPostalAddressElementsStreetName String(60)
  AccountCity String(40)
  AccountCountry String(3)
  AccountState String(6)
  AccountPostalAddressElementsStreetPostalCode String(10)
  AccountPhone String(350)
  AccountEMail String(255)
  AccountWebsite String(1280)
  ExternalID String(100)
  `,
  [children('LeadText', 'LeadTextCollection')],
);

const opportunity = object(
  'OpportunityCollection',
  'Opportunity',
  `
  Name String(765)
  ProspectPartyID String(60)
  ProspectPartyUUID Guid
  ProspectPartyName String(480) readonly
  PrimaryContactPartyID String(60)
  PrimaryContactPartyName String(480) readonly
  MainEmployeeResponsiblePartyID String(60)
  MainEmployeeResponsiblePartyName String(480) readonly
  ProcessingTypeCode String(4)
  SalesCycleCode String(3)
  SalesCyclePhaseCode String(3)
  SalesCyclePhaseCodeText String readonly
  SalesCyclePhaseStartDate DateTime
  LifeCycleStatusCode String(2)
  LifeCycleStatusCodeText String readonly
  ResultReasonCode String(3)
  ProbabilityPercent Decimal(16,6)
  ExpectedProcessingStartDate DateTime
  ExpectedProcessingEndDate DateTime
  ExpectedRevenueAmount Decimal(28,6)
  ExpectedRevenueAmountCurrencyCode String(3)
  WeightedExpectedNetAmount Decimal(28,6) readonly
  OriginTypeCode String(4)
  PriorityCode String(1)
  PriorityCodeText String readonly
  SalesOrganisationID String(20)
  SalesTerritoryID String(6)
  ExternalID String(100)
  `,
  [children('OpportunityText', 'OpportunityTextCollection')],
);

const serviceRequest = object(
  'ServiceRequestCollection',
  'ServiceRequest',
  `
  Name String(765) text
  ProcessingTypeCode String(4)
  ProcessingTypeCodeText String readonly
  ServicePriorityCode String(1)
  ServicePriorityCodeText String readonly
  ServiceRequestLifeCycleStatusCode String(2) readonly
  ServiceRequestLifeCycleStatusCodeText String readonly
  ServiceRequestUserLifeCycleStatusCode String(2)
  ServiceRequestUserLifeCycleStatusCodeText String readonly
  EscalationStatus String(2)
  EscalationStatusText String readonly
  DataOriginTypeCode String(4)
  DataOriginTypeCodeText String readonly
  CustomerID String(60)
  Customer String(480) readonly
  Contact String(480) readonly
  CustomerMainContactPartyID String(60)
  ReporterPartyID String(60)
  ReporterEmail String(255)
  ReportedForEmail String(255)
  ProductID String(60)
  SerialID String(30)
  IncidentServiceIssueCategoryID String(40)
  IncidentCategoryName String text readonly
  ServiceIssueCategoryID String(40)
  ServiceLevelAgreement String(40)
  AssignedTo String(60)
  AssignedToName String text readonly
  ServiceAndSupportTeam String(60)
  SalesTerritoryID String(6)
  RequestedStart DateTimeOffset
  RequestedEnd DateTimeOffset
  CompletionDueDate DateTimeOffset
  InitialReviewDueDate DateTimeOffset
  CompletedOnDate DateTimeOffset readonly
  LastResponseOnDate DateTimeOffset readonly
  ExternalID String(100)
  `,
  [children('ServiceRequestDescription', 'ServiceRequestDescriptionCollection')],
);

const task = object(
  'TaskCollection',
  'Task',
  `
  DocumentType String(15) readonly
  DocumentTypeText String readonly
  Subject String(765)
  Status String(2)
  StatusText String readonly
  StartDateTime DateTimeOffset
  StartDatetimeZoneCode String(10)
  DueDateTime DateTimeOffset
  DueDatetimeZoneCode String(10)
  CompletionDateTime DateTimeOffset readonly
  PlannedDuration Time
  ActualDuration Time
  MainEmployeeResponsiblePartyID String(60)
  MainAccountPartyID String(60)
  MainContactPartyID String(60)
  ProcessorPartyID String(60)
  CompletionPercent Decimal(16,2)
  Category String(4)
  CategoryText String readonly
  PriorityCode String(1)
  PriorityCodeText String readonly
  SalesTerritoryID String(6)
  SalesOrganisationID String(20)
  Account String(480) readonly
  AccountUUID Guid
  DataOriginTypeCode String(4) readonly
  DataOriginTypeCodeText String readonly
  Owner String(480) readonly
  OwnerUUID Guid
  PrimaryContact String(480) readonly
  PrimaryContactUUID Guid
  Processor String(480) readonly
  ProcessorUUID Guid
  ReportedDateTime DateTimeOffset readonly
  `,
  [children('TaskText', 'TaskTextCollection')],
);

/** Extension fields (KUT) by set, added to the standard properties. */
export type ExtensionFields = Readonly<Record<string, readonly string[]>>;

const extended = (type: EntityType, fields: ExtensionFields): EntityType => {
  const added: readonly Property[] = properties(
    (fields[type.set] ?? []).map((name) => `${name} String(255)`).join('\n'),
  );
  return added.length === 0 ? type : { ...type, properties: [...type.properties, ...added] };
};

/** The c4codataapi service of a tenant with these extension fields. */
export const c4cService = (fields: ExtensionFields): ServiceModel => ({
  path,
  namespace: 'c4codata',
  types: [
    lead,
    opportunity,
    serviceRequest,
    task,
    account,
    individual,
    contact,
    text('CorporateAccountTextCollection', 'CorporateAccountText'),
    text('ContactTextCollection', 'ContactText'),
    text('LeadTextCollection', 'LeadText'),
    text('OpportunityTextCollection', 'OpportunityText'),
    text('ServiceRequestDescriptionCollection', 'ServiceRequestDescription'),
    text('TaskTextCollection', 'TaskText'),
  ].map((type) => extended(type, fields)),
});
