import { object } from './c4c-object';

/** Accounts. */
export const account = object(
  'CorporateAccountCollection',
  'CorporateAccount',
  `
  AccountID String(10) readonly
  ExternalID String(100)
  ExternalSystem String(32)
  RoleCode String(6)
  RoleCodeText String readonly
  LifeCycleStatusCode String(2)
  LifeCycleStatusCodeText String readonly
  Name String(480)
  BusinessPartnerFormattedName String(480) readonly
  AdditionalName String(40)
  ABCClassificationCode String(1)
  ABCClassificationCodeText String readonly
  IndustrialSectorCode String(10)
  OwnerID String(20)
  ParentAccountID String(10)
  Phone String(350)
  Email String(255)
  WebSite String(1280)
  Street String(60)
  HouseNumber String(10)
  StreetPostalCode String(10)
  City String(40)
  StateCode String(6)
  CountryCode String(3)
  LanguageCode String(2)
  `,
  [],
  false,
);

const person = `
  ExternalID String(100)
  FirstName String(40)
  LastName String(40)
  Name String(480) readonly
  FormattedName String(480) readonly
  LifeCycleStatusCode String(2)
  LifeCycleStatusCodeText String readonly
  Phone String(350)
  Mobile String(350)
  Email String(255)
  OwnerID String(20)
  City String(40)
  CountryCode String(3)
  LanguageCode String(2)
`;

/** Persons as customers. */
export const individual = object(
  'IndividualCustomerCollection',
  'IndividualCustomer',
  `CustomerID String(10) readonly
  RoleCode String(6)
  RoleCodeText String readonly
  ABCClassificationCode String(1)
  ABCClassificationCodeText String readonly
  ${person}`,
  [],
  false,
);

/** Contacts of accounts. */
export const contact = object(
  'ContactCollection',
  'Contact',
  `ContactID String(10) readonly
  AccountID String(10)
  AccountFormattedName String(480) readonly
  JobTitle String(40)
  ${person}`,
  [],
  false,
);
