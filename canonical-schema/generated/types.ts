// Generated from canonical-schema/schemas by canonical-schema/generate.mjs: change those and run it again.

/**
 * What Signalbox does in a CRM. Applying it twice has one effect, because `id` is derived from the decision.
 */
export type Action =
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'create-task';
      /**
       * What the task says. Texts are final, templates are rendered.
       */
      task: {
        /**
         * One line, at most 255 characters.
         */
        subject: string;
        /**
         * Plain text, lines separated by `\n`.
         */
        description: string;
        /**
         * When it is to be done. RFC 3339 UTC.
         */
        due?: string;
        /**
         * How urgent it is to a person; each sink maps it to the CRM's own words.
         */
        priority: 'high' | 'normal' | 'low';
        /**
         * The CRM's id of the user or queue to do it. Absent: the CRM's default owner.
         */
        assignTo?: string;
      };
    }
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'update-task';
      /**
       * The CRM's id of a task that Signalbox created.
       */
      taskId: string;
      /**
       * What the task shall say from now on; what is absent stays. What the task says. Texts are final, templates are rendered.
       */
      task: {
        /**
         * One line, at most 255 characters.
         */
        subject?: string;
        /**
         * Plain text, lines separated by `\n`.
         */
        description?: string;
        /**
         * When it is to be done. RFC 3339 UTC.
         */
        due?: string;
        /**
         * How urgent it is to a person; each sink maps it to the CRM's own words.
         */
        priority?: 'high' | 'normal' | 'low';
        /**
         * The CRM's id of the user or queue to do it. Absent: the CRM's default owner.
         */
        assignTo?: string;
      };
    }
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'close-task';
      /**
       * The CRM's id of a task that Signalbox created.
       */
      taskId: string;
      /**
       * Why it is moot. Plain text, lines separated by `\n`.
       */
      description: string;
    }
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'set-fields';
      /**
       * Values by native field name, in the units of the CRM; null empties the field.
       */
      fields: {
        [k: string]: string | number | boolean | null;
      };
      /**
       * The record's version last seen (Salesforce SystemModstamp, RFC 3339). The sink answers `conflict` if the record has moved on.
       */
      expectedVersion?: string;
    }
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'add-note';
      /**
       * What the note says. Texts are final, templates are rendered.
       */
      note: {
        /**
         * One line, at most 255 characters.
         */
        title: string;
        /**
         * Plain text, lines separated by `\n`.
         */
        text: string;
      };
    }
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'add-to-queue';
      /**
       * The CRM's id of the queue, or of the user or team whose own queue is meant.
       */
      queue: string;
    }
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'create-case';
      /**
       * What the case says. Texts are final, templates are rendered.
       */
      case: {
        /**
         * One line, at most 255 characters.
         */
        subject: string;
        /**
         * Plain text, lines separated by `\n`.
         */
        description: string;
        /**
         * How urgent it is to a person; each sink maps it to the CRM's own words.
         */
        priority: 'high' | 'normal' | 'low';
        /**
         * The CRM's own type of case. Absent: its default.
         */
        type?: string;
        /**
         * The CRM's id of the team that is to work on it.
         */
        team?: string;
        /**
         * The CRM's id of the person who is to work on it. Absent: whom the CRM's own routing finds.
         */
        assignTo?: string;
      };
    }
  | {
      /**
       * Derived from the decision: the same action has the same id however often it is tried. At most 255 characters.
       */
      id: string;
      /**
       * The tenant's name: letters, digits, `-` and `_`.
       */
      tenantid: string;
      /**
       * Name of the tenant's connection to the CRM.
       */
      connection: string;
      /**
       * The record that the action is about.
       */
      about: {
        /**
         * Canonical entity of the record, e.g. `lead`.
         */
        entity: string;
        /**
         * The CRM's id of the record.
         */
        id: string;
      };
      /**
       * The decision that called for the action.
       */
      decisionid: string;
      /**
       * What is to be done.
       */
      kind: 'update-case';
      /**
       * The CRM's id of a case that Signalbox opened.
       */
      caseId: string;
      /**
       * What the case shall say from now on: type, team and person stay. Texts are final, templates are rendered.
       */
      case: {
        /**
         * One line, at most 255 characters.
         */
        subject: string;
        /**
         * Plain text, lines separated by `\n`.
         */
        description: string;
        /**
         * How urgent it is to a person; each sink maps it to the CRM's own words.
         */
        priority: 'high' | 'normal' | 'low';
      };
    };
/**
 * What the CRM answered to one action.
 */
export type ActionResult =
  | {
      /**
       * The action that it answers.
       */
      actionId: string;
      /**
       * `already-applied`: an earlier try had done it; nothing was changed.
       */
      outcome: 'applied' | 'already-applied';
      /**
       * The CRM's id of the record or task that was written.
       */
      nativeId: string;
      /**
       * Its version after the write, as the CRM says it.
       */
      nativeVersion?: string;
      /**
       * The CRM's own answer, kept for the record: any JSON.
       */
      answer: unknown;
    }
  | {
      /**
       * The action that it answers.
       */
      actionId: string;
      /**
       * The action was not applied.
       */
      outcome: 'failed';
      /**
       * What to do about it. `retryable`, `auth`: try again; `conflict`: a newer change by a person goes first; `gone`: the task or record no longer exists; `permanent`: a person must change something.
       */
      failure: 'retryable' | 'conflict' | 'gone' | 'permanent' | 'auth';
      /**
       * The CRM's error code, e.g. `UNABLE_TO_LOCK_ROW`.
       */
      code: string;
      /**
       * The CRM's message, with what mends it.
       */
      message: string;
      /**
       * The server's own delay. Milliseconds.
       */
      retryAfterMs?: number;
      /**
       * The CRM's own answer, kept for the record: any JSON.
       */
      answer: unknown;
    };

/**
 * Every entity's record by the entity's name.
 */
export interface Entities {
  lead: Lead;
  contact: Contact;
  account: Account;
  opportunity: Opportunity;
  case: Case;
  task: Task;
  interaction: Interaction;
  transaction: Transaction;
  order: Order;
  asset: Asset;
  record: UnmappedRecord;
  rhythm: Rhythm;
}
/**
 * A person or company that may become a customer and is not qualified yet. Unknown is absent, never "" or 0.
 */
export interface Lead {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * Form of address, e.g. `Ms.`.
   */
  salutation?: string;
  /**
   * Given name.
   */
  firstName?: string;
  /**
   * Middle name or initial.
   */
  middleName?: string;
  /**
   * Family name.
   */
  lastName?: string;
  /**
   * What follows the name, e.g. `Jr.`.
   */
  suffix?: string;
  /**
   * The whole name as the CRM shows it.
   */
  name?: string;
  /**
   * E-mail address, as the CRM has it.
   */
  email?: string;
  /**
   * Telephone number, as the CRM has it.
   */
  phone?: string;
  /**
   * Mobile telephone number, as the CRM has it.
   */
  mobilePhone?: string;
  /**
   * Fax number, as the CRM has it.
   */
  fax?: string;
  /**
   * Position in the company, e.g. `Head of Purchasing`.
   */
  title?: string;
  /**
   * Name of the person's company.
   */
  company?: string;
  /**
   * Department of the company.
   */
  department?: string;
  /**
   * Line of business, in the words of the CRM.
   */
  industry?: string;
  /**
   * Web address.
   */
  website?: string;
  /**
   * Employees of the company. Count of persons.
   */
  employees?: number;
  /**
   * Yearly revenue of the company. Currency units, see `currency`.
   */
  annualRevenue?: string;
  /**
   * Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.
   */
  currency?: string;
  /**
   * Where the lead came from, e.g. `Web`.
   */
  source?: string;
  /**
   * Place in the qualification, in the words of the CRM.
   */
  status?: string;
  /**
   * How promising it is, in the words of the CRM, e.g. `Hot`.
   */
  rating?: string;
  /**
   * The CRM's id of the campaign that won the lead.
   */
  campaignId?: string;
  /**
   * Postal address.
   */
  address?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * The person does not want to be called.
   */
  doNotCall?: boolean;
  /**
   * The person does not want e-mail.
   */
  hasOptedOutOfEmail?: boolean;
  /**
   * The lead was qualified and became a contact, an account or an opportunity.
   */
  isConverted?: boolean;
  /**
   * When it was converted. RFC 3339 UTC; midnight where the CRM knows only the day.
   */
  convertedAt?: string;
  /**
   * The CRM's id of the account that it became.
   */
  convertedAccountId?: string;
  /**
   * The CRM's id of the contact that it became.
   */
  convertedContactId?: string;
  /**
   * The CRM's id of the opportunity that it became.
   */
  convertedOpportunityId?: string;
  /**
   * Free text.
   */
  description?: string;
  /**
   * The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day.
   */
  lastActivityAt?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * A person one deals with, mostly of a customer. Unknown is absent, never "" or 0.
 */
export interface Contact {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * The CRM's id of the person's account.
   */
  accountId?: string;
  /**
   * Form of address, e.g. `Ms.`.
   */
  salutation?: string;
  /**
   * Given name.
   */
  firstName?: string;
  /**
   * Middle name or initial.
   */
  middleName?: string;
  /**
   * Family name.
   */
  lastName?: string;
  /**
   * What follows the name, e.g. `Jr.`.
   */
  suffix?: string;
  /**
   * The whole name as the CRM shows it.
   */
  name?: string;
  /**
   * E-mail address, as the CRM has it.
   */
  email?: string;
  /**
   * Telephone number, as the CRM has it.
   */
  phone?: string;
  /**
   * Mobile telephone number, as the CRM has it.
   */
  mobilePhone?: string;
  /**
   * Fax number, as the CRM has it.
   */
  fax?: string;
  /**
   * Position in the company, e.g. `Head of Purchasing`.
   */
  title?: string;
  /**
   * Department of the company.
   */
  department?: string;
  /**
   * The CRM's id of the contact's superior.
   */
  reportsToId?: string;
  /**
   * Day of birth. RFC 3339 full-date.
   */
  birthdate?: string;
  /**
   * Where the contact came from, e.g. `Web`.
   */
  source?: string;
  /**
   * State of the contact, in the words of the CRM.
   */
  status?: string;
  /**
   * Where post goes to.
   */
  mailingAddress?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * A second postal address.
   */
  otherAddress?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * The person does not want to be called.
   */
  doNotCall?: boolean;
  /**
   * The person does not want e-mail.
   */
  hasOptedOutOfEmail?: boolean;
  /**
   * Free text.
   */
  description?: string;
  /**
   * The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day.
   */
  lastActivityAt?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * A company or person that is, was or may become a customer or partner. Unknown is absent, never "" or 0.
 */
export interface Account {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * Name of the company or person.
   */
  name?: string;
  /**
   * The account's number in the CRM, not its id.
   */
  number?: string;
  /**
   * Kind of relation, in the words of the CRM, e.g. `Customer`.
   */
  type?: string;
  /**
   * The CRM's id of the account above it.
   */
  parentId?: string;
  /**
   * The account is a natural person.
   */
  isPerson?: boolean;
  /**
   * E-mail address.
   */
  email?: string;
  /**
   * Telephone number, as the CRM has it.
   */
  phone?: string;
  /**
   * Fax number, as the CRM has it.
   */
  fax?: string;
  /**
   * Line of business, in the words of the CRM.
   */
  industry?: string;
  /**
   * Web address.
   */
  website?: string;
  /**
   * Employees of the company. Count of persons.
   */
  employees?: number;
  /**
   * Yearly revenue of the company. Currency units, see `currency`.
   */
  annualRevenue?: string;
  /**
   * Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.
   */
  currency?: string;
  /**
   * Form of ownership, e.g. `Public`.
   */
  ownership?: string;
  /**
   * How promising it is, in the words of the CRM.
   */
  rating?: string;
  /**
   * Where the account came from.
   */
  source?: string;
  /**
   * State of the account, in the words of the CRM.
   */
  status?: string;
  /**
   * Where invoices go to.
   */
  billingAddress?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * Where goods go to.
   */
  shippingAddress?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * Free text.
   */
  description?: string;
  /**
   * The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day.
   */
  lastActivityAt?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * A sale that may come about. Unknown is absent, never "" or 0.
 */
export interface Opportunity {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * Name of the opportunity.
   */
  name?: string;
  /**
   * The CRM's id of the account that would buy.
   */
  accountId?: string;
  /**
   * The CRM's id of the first contact.
   */
  contactId?: string;
  /**
   * The CRM's id of the lead that it came from.
   */
  leadId?: string;
  /**
   * The CRM's id of the campaign that brought it about.
   */
  campaignId?: string;
  /**
   * Kind of business, in the words of the CRM, e.g. `Renewal`.
   */
  type?: string;
  /**
   * Stage of the sale, in the words of the CRM.
   */
  stage?: string;
  /**
   * Expected total. Currency units, see `currency`.
   */
  amount?: string;
  /**
   * Amount weighed by the probability. Currency units, see `currency`.
   */
  expectedRevenue?: string;
  /**
   * Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.
   */
  currency?: string;
  /**
   * Likelihood of the sale as the CRM's users or stages say it, not Signalbox's score. Per cent, `0` to `100`.
   */
  probability?: string;
  /**
   * Day on which the sale is expected, or was decided. RFC 3339 full-date.
   */
  closeDate?: string;
  /**
   * Place in the CRM's forecast, in its own words.
   */
  forecastCategory?: string;
  /**
   * What is to be done next.
   */
  nextStep?: string;
  /**
   * Where the opportunity came from.
   */
  source?: string;
  /**
   * The sale is decided, won or lost.
   */
  isClosed?: boolean;
  /**
   * The sale was won.
   */
  isWon?: boolean;
  /**
   * When it was decided. RFC 3339 UTC.
   */
  closedAt?: string;
  /**
   * Why it was lost, in the words of the CRM.
   */
  lostReason?: string;
  /**
   * Free text.
   */
  description?: string;
  /**
   * The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day.
   */
  lastActivityAt?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * A question or complaint of a customer that somebody has to settle. Unknown is absent, never "" or 0.
 */
export interface Case {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * The case's number for people, not its id.
   */
  number?: string;
  /**
   * One line about it.
   */
  subject?: string;
  /**
   * What the customer said. Lines separated by `\n`.
   */
  description?: string;
  /**
   * Place in the handling, in the words of the CRM.
   */
  status?: string;
  /**
   * Urgency, in the words of the CRM.
   */
  priority?: string;
  /**
   * How it came in, in the words of the CRM, e.g. `Email`.
   */
  origin?: string;
  /**
   * Cause, in the words of the CRM.
   */
  reason?: string;
  /**
   * Kind of case, in the words of the CRM.
   */
  type?: string;
  /**
   * The CRM's id of the customer's account.
   */
  accountId?: string;
  /**
   * The CRM's id of the contact who asked.
   */
  contactId?: string;
  /**
   * The CRM's id of the asset concerned.
   */
  assetId?: string;
  /**
   * The CRM's id of the product concerned.
   */
  productId?: string;
  /**
   * The CRM's id of the case above it.
   */
  parentId?: string;
  /**
   * Name of who asked, as given with the case.
   */
  contactName?: string;
  /**
   * E-mail address of who asked, as given with the case.
   */
  contactEmail?: string;
  /**
   * Telephone number of who asked, as given with the case.
   */
  contactPhone?: string;
  /**
   * The case is settled.
   */
  isClosed?: boolean;
  /**
   * The case was escalated.
   */
  isEscalated?: boolean;
  /**
   * When it was settled. RFC 3339 UTC.
   */
  closedAt?: string;
  /**
   * When it has to be settled by the agreed service level. RFC 3339 UTC.
   */
  due?: string;
  /**
   * The latest logged activity about the record. RFC 3339 UTC; midnight where the CRM knows only the day.
   */
  lastActivityAt?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * Something that one person has to do. Unknown is absent, never "" or 0.
 */
export interface Task {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * The key that Signalbox stored with a task of its own: the id of the action that created it.
   */
  key?: string;
  /**
   * One line about it.
   */
  subject?: string;
  /**
   * What is to be done. Lines separated by `\n`.
   */
  description?: string;
  /**
   * Kind of task, in the words of the CRM, e.g. `Call`.
   */
  type?: string;
  /**
   * State, in the words of the CRM.
   */
  status?: string;
  /**
   * Urgency, in the words of the CRM.
   */
  priority?: string;
  /**
   * When it is to be done: an RFC 3339 instant in UTC, or the day alone where the CRM keeps no time.
   */
  due?: string;
  /**
   * When the CRM reminds its owner. RFC 3339 UTC.
   */
  reminderAt?: string;
  /**
   * The record that the task is about.
   */
  relatedTo?: {
    /**
     * Canonical entity of the other record, `record` where it has none of its own.
     */
    entity:
      | 'lead'
      | 'contact'
      | 'account'
      | 'opportunity'
      | 'case'
      | 'task'
      | 'interaction'
      | 'transaction'
      | 'order'
      | 'asset'
      | 'record'
      | 'rhythm';
    /**
     * The CRM's id of the other record.
     */
    id: string;
  };
  /**
   * The lead or contact to speak with.
   */
  person?: {
    /**
     * Canonical entity of the other record, `record` where it has none of its own.
     */
    entity:
      | 'lead'
      | 'contact'
      | 'account'
      | 'opportunity'
      | 'case'
      | 'task'
      | 'interaction'
      | 'transaction'
      | 'order'
      | 'asset'
      | 'record'
      | 'rhythm';
    /**
     * The CRM's id of the other record.
     */
    id: string;
  };
  /**
   * The task is done or dropped.
   */
  isClosed?: boolean;
  /**
   * When it was done. RFC 3339 UTC.
   */
  completedAt?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * One exchange with a person: a mail, a call, a chat, a meeting, a post. Unknown is absent, never "" or 0.
 */
export interface Interaction {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * The medium.
   */
  channel?: 'email' | 'phone' | 'chat' | 'sms' | 'meeting' | 'social' | 'web' | 'letter' | 'other';
  /**
   * `inbound`: from the customer to the company; `outbound`: the other way.
   */
  direction?: 'inbound' | 'outbound';
  /**
   * When it began or was sent. RFC 3339 UTC.
   */
  at?: string;
  /**
   * When it ended. RFC 3339 UTC.
   */
  endedAt?: string;
  /**
   * How long it lasted. Seconds.
   */
  duration?: number;
  /**
   * One line about it.
   */
  subject?: string;
  /**
   * What was written or noted: plain text, lines separated by `\n`.
   */
  body?: string;
  /**
   * State, in the words of the CRM.
   */
  status?: string;
  /**
   * Language of the body. BCP 47 tag, e.g. `de-AT`.
   */
  language?: string;
  /**
   * The CRM's id of the conversation that it belongs to.
   */
  threadId?: string;
  /**
   * The record that it is about.
   */
  relatedTo?: {
    /**
     * Canonical entity of the other record, `record` where it has none of its own.
     */
    entity:
      | 'lead'
      | 'contact'
      | 'account'
      | 'opportunity'
      | 'case'
      | 'task'
      | 'interaction'
      | 'transaction'
      | 'order'
      | 'asset'
      | 'record'
      | 'rhythm';
    /**
     * The CRM's id of the other record.
     */
    id: string;
  };
  /**
   * Who took part.
   *
   * Items: One person or address that took part.
   */
  participants?: {
    /**
     * The part that they played.
     */
    role?: 'from' | 'to' | 'cc' | 'bcc' | 'organizer' | 'attendee';
    /**
     * Name as given with the interaction.
     */
    name?: string;
    /**
     * E-mail address, telephone number or handle, as the channel has it.
     */
    address?: string;
    /**
     * The record of the participant, where the CRM knows it.
     */
    record?: {
      /**
       * Canonical entity of the other record, `record` where it has none of its own.
       */
      entity:
        | 'lead'
        | 'contact'
        | 'account'
        | 'opportunity'
        | 'case'
        | 'task'
        | 'interaction'
        | 'transaction'
        | 'order'
        | 'asset'
        | 'record'
        | 'rhythm';
      /**
       * The CRM's id of the other record.
       */
      id: string;
    };
  }[];
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * A movement of money: a payment, a refund, an invoice, a credit. Unknown is absent, never "" or 0.
 */
export interface Transaction {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * Number for people, not the id.
   */
  number?: string;
  /**
   * Kind of movement, e.g. `payment`, `refund`, `invoice`, `credit`.
   */
  kind?: string;
  /**
   * State, in the words of the CRM.
   */
  status?: string;
  /**
   * What was moved, taxes included; negative is back to the customer. Currency units, see `currency`.
   */
  amount?: string;
  /**
   * The part of the amount that is tax. Currency units, see `currency`.
   */
  taxAmount?: string;
  /**
   * Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.
   */
  currency?: string;
  /**
   * When it took effect. RFC 3339 UTC.
   */
  at?: string;
  /**
   * Day by which it is to be paid. RFC 3339 full-date.
   */
  due?: string;
  /**
   * Means of payment, in the words of the CRM, e.g. `card`.
   */
  method?: string;
  /**
   * The payment provider's or bank's own reference.
   */
  reference?: string;
  /**
   * The CRM's id of the customer's account.
   */
  accountId?: string;
  /**
   * The CRM's id of the contact.
   */
  contactId?: string;
  /**
   * The CRM's id of the order that it belongs to.
   */
  orderId?: string;
  /**
   * Another record that it belongs to.
   */
  relatedTo?: {
    /**
     * Canonical entity of the other record, `record` where it has none of its own.
     */
    entity:
      | 'lead'
      | 'contact'
      | 'account'
      | 'opportunity'
      | 'case'
      | 'task'
      | 'interaction'
      | 'transaction'
      | 'order'
      | 'asset'
      | 'record'
      | 'rhythm';
    /**
     * The CRM's id of the other record.
     */
    id: string;
  };
  /**
   * Free text.
   */
  description?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * What a customer ordered. Unknown is absent, never "" or 0.
 */
export interface Order {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * The order's number for people, not its id.
   */
  number?: string;
  /**
   * Name of the order.
   */
  name?: string;
  /**
   * Kind of order, in the words of the CRM.
   */
  type?: string;
  /**
   * State, in the words of the CRM.
   */
  status?: string;
  /**
   * The CRM's id of the customer's account.
   */
  accountId?: string;
  /**
   * The CRM's id of the contact who ordered.
   */
  contactId?: string;
  /**
   * The CRM's id of the opportunity that it came from.
   */
  opportunityId?: string;
  /**
   * The customer's own number of the order.
   */
  reference?: string;
  /**
   * Total. Currency units, see `currency`.
   */
  amount?: string;
  /**
   * The part of the total that is tax. Currency units, see `currency`.
   */
  taxAmount?: string;
  /**
   * Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.
   */
  currency?: string;
  /**
   * When it was ordered. RFC 3339 UTC; midnight where the CRM knows only the day.
   */
  orderedAt?: string;
  /**
   * First day of service or delivery. RFC 3339 full-date.
   */
  startDate?: string;
  /**
   * Last day of service. RFC 3339 full-date.
   */
  endDate?: string;
  /**
   * Where the invoice goes to.
   */
  billingAddress?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * Where the goods go to.
   */
  shippingAddress?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * What was ordered, in the order of the CRM.
   *
   * Items: One position of the order.
   */
  lines?: {
    /**
     * The CRM's id of the line.
     */
    id?: string;
    /**
     * The CRM's id of the product.
     */
    productId?: string;
    /**
     * Name of the product.
     */
    product?: string;
    /**
     * How much was ordered, in `unit`.
     */
    quantity?: string;
    /**
     * Unit of the quantity, in the words of the CRM, e.g. `EA`. Absent: pieces.
     */
    unit?: string;
    /**
     * Price of one unit. Currency units, see `currency`.
     */
    unitPrice?: string;
    /**
     * Price of the line. Currency units, see `currency`.
     */
    amount?: string;
  }[];
  /**
   * Free text.
   */
  description?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * A product that a customer has. Unknown is absent, never "" or 0.
 */
export interface Asset {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * Name of the asset.
   */
  name?: string;
  /**
   * Serial number.
   */
  serialNumber?: string;
  /**
   * The CRM's id of the product.
   */
  productId?: string;
  /**
   * Name of the product.
   */
  product?: string;
  /**
   * The CRM's id of the account that has it.
   */
  accountId?: string;
  /**
   * The CRM's id of the contact for it.
   */
  contactId?: string;
  /**
   * The CRM's id of the asset that it is a part of.
   */
  parentId?: string;
  /**
   * State, in the words of the CRM.
   */
  status?: string;
  /**
   * How much of it there is, in `unit`.
   */
  quantity?: string;
  /**
   * Unit of the quantity, in the words of the CRM. Absent: pieces.
   */
  unit?: string;
  /**
   * What was paid for it. Currency units, see `currency`.
   */
  price?: string;
  /**
   * Currency of the record's amounts. ISO 4217 code, e.g. `EUR`.
   */
  currency?: string;
  /**
   * Day of purchase. RFC 3339 full-date.
   */
  purchasedOn?: string;
  /**
   * Day of installation. RFC 3339 full-date.
   */
  installedOn?: string;
  /**
   * Last day of use or licence. RFC 3339 full-date.
   */
  usageEndsOn?: string;
  /**
   * Last day of the warranty. RFC 3339 full-date.
   */
  warrantyEndsOn?: string;
  /**
   * Made by a competitor.
   */
  isCompetitorProduct?: boolean;
  /**
   * Where it is.
   */
  address?: {
    /**
     * Street and number; lines separated by `\n`.
     */
    street?: string;
    /**
     * Town or city.
     */
    city?: string;
    /**
     * Postal code, as text: leading zeros count.
     */
    postalCode?: string;
    /**
     * State, province or region, as the CRM says it: a name or a code.
     */
    state?: string;
    /**
     * Country, as the CRM says it: a name or a code.
     */
    country?: string;
    /**
     * Country. ISO 3166-1 alpha-2 code.
     */
    countryCode?: string;
    /**
     * Degrees north of the equator, WGS 84; negative is south.
     */
    latitude?: string;
    /**
     * Degrees east of Greenwich, WGS 84; negative is west.
     */
    longitude?: string;
  };
  /**
   * Free text.
   */
  description?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * A record that a tenant has not mapped to another entity: what it has of its own is in `attributes`, and in the native fields of the event. Unknown is absent, never "" or 0.
 */
export interface UnmappedRecord {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * The CRM's id of the user or queue that owns the record.
   */
  ownerId?: string;
  /**
   * What the CRM shows as its name.
   */
  name?: string;
  /**
   * State, in the words of the CRM.
   */
  status?: string;
  /**
   * When the record was created in the CRM. RFC 3339 UTC.
   */
  createdAt?: string;
  /**
   * When the record was last changed in the CRM. RFC 3339 UTC.
   */
  modifiedAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * How many events a stream had in an hour, counted by Signalbox in its ledger. The id is the stream's and the day's: of a day it tells the newest hour. Unknown is absent, never "" or 0.
 */
export interface Rhythm {
  /**
   * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
   */
  id: string;
  /**
   * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
   */
  nativeType: string;
  /**
   * What is counted: an entity and what happened, such as lead.created; `all` is every event of the connection.
   */
  stream?: string;
  /**
   * The same in words: leads created.
   */
  what?: string;
  /**
   * Count of events, by the time of the CRM.
   */
  count?: number;
  /**
   * When the hour began. RFC 3339 UTC.
   */
  startsAt?: string;
  /**
   * When the hour ended. RFC 3339 UTC.
   */
  endsAt?: string;
  /**
   * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
   */
  attributes?: {
    [k: string]: unknown;
  };
}
/**
 * The data of every event about a record of a CRM: what changed, the record as far as it is known, and what the mapping did not use.
 */
export interface RecordChange {
  /**
   * Canonical entity of the record.
   */
  entity:
    | 'lead'
    | 'contact'
    | 'account'
    | 'opportunity'
    | 'case'
    | 'task'
    | 'interaction'
    | 'transaction'
    | 'order'
    | 'asset'
    | 'record'
    | 'rhythm';
  /**
   * The change that the CRM told. Field names are canonical where mapped, native otherwise; `attributes.x` is a field within `attributes`.
   */
  change: {
    /**
     * What happened. `observed`: the record was read, the change that led there is not known; `published`: a business event that is not a change of a stored record; `overflowed`: the CRM gave up telling single changes, so read all of it again.
     */
    kind: 'created' | 'updated' | 'deleted' | 'undeleted' | 'observed' | 'published' | 'overflowed';
    /**
     * Fields that changed; empty for created, deleted and observed.
     */
    fields: string[];
    /**
     * The CRM said that something changed but not what.
     */
    gap?: boolean;
    /**
     * The CRM's id of the user who changed it.
     */
    by?: string;
    /**
     * The native transaction, and the place within it.
     */
    transaction?: {
      /**
       * The CRM's id of the transaction.
       */
      id: string;
      /**
       * Place within the transaction, in the order of the CRM. Ordinal number.
       */
      sequence: number;
    };
    /**
     * Values before the change, by field; null where the field was empty.
     */
    before?: {
      [k: string]: unknown;
    };
    /**
     * Values after the change, by field; null where the field was emptied.
     */
    after?: {
      [k: string]: unknown;
    };
  };
  /**
   * The record, as far as the event or a read told it: the schema of its entity.
   */
  record: {
    /**
     * The CRM's id of the record, as the CRM writes it; `*` for all records of the type.
     */
    id: string;
    /**
     * The CRM's own name of the record's type, e.g. `Lead`, `Vendor_Profile__c`, `incident`.
     */
    nativeType: string;
    /**
     * What the tenant mapped beyond the fields of this schema, by name; each value is as the mapping made it.
     */
    attributes?: {
      [k: string]: unknown;
    };
    [k: string]: unknown;
  };
  /**
   * Native fields that the mapping did not use, under their native names.
   */
  native: {
    [k: string]: unknown;
  };
  /**
   * How the record came to be known.
   */
  provenance: {
    /**
     * `event`: told whole by the native event; `hydrated`: read from the CRM afterwards; `partial`: changed fields only; `missing`: not known.
     */
    record: 'event' | 'hydrated' | 'partial' | 'missing';
    /**
     * Canonical fields that were read from the CRM rather than told by the event.
     */
    hydratedFields?: string[];
    /**
     * Fields of which the native event gives a unified diff, so that the new value is not known.
     */
    diffFields?: string[];
  };
}
/**
 * The data of a prediction event: one inference on one event for one use case, with all the evidence.
 */
export interface Decision {
  /**
   * `<event id>:<use case>`, so that deciding twice is deciding once.
   */
  id: string;
  /**
   * The tenant's name: letters, digits, `-` and `_`.
   */
  tenantid: string;
  /**
   * Name of the tenant's connection to the CRM.
   */
  connection: string;
  /**
   * The event that was decided.
   */
  eventid: string;
  /**
   * The record: `<entity>/<crm id>`; the id `*` is all records of the entity.
   */
  subject: string;
  /**
   * Name of the tenant's use case, e.g. `lead-scoring`.
   */
  usecase: string;
  /**
   * `act`: a band with actions; `none`: no band or no actions; `abstain`: the model was not asked or did not answer.
   */
  outcome: 'act' | 'none' | 'abstain';
  /**
   * Why the model abstained, or why nothing was done.
   */
  because?: string;
  /**
   * Probability of the positive class, with several classes of the best one, 0 to 1. Absent when abstained.
   */
  score?: number;
  /**
   * Of a model with several classes: the likeliest ones, best first.
   *
   * Items: A class and its probability.
   */
  ranking?: {
    /**
     * The class, e.g. `Group 70`.
     */
    label: string;
    /**
     * Its probability, 0 to 1.
     */
    score: number;
  }[];
  /**
   * The tenant's band that the score falls into, e.g. `hot`.
   */
  band?: string;
  /**
   * Why the score is what it is, strongest first.
   *
   * Items: One reason.
   */
  reasons: {
    /**
     * Term of the model, e.g. `poutcome` or `month & dayOfWeek`, or the group of terms that it tells together, e.g. `economy`.
     */
    term: string;
    /**
     * Part of the score's logit. Log-odds.
     */
    contribution: number;
    /**
     * What a sales person reads.
     */
    text: string;
  }[];
  /**
   * Part of the score's logit by term; they and the intercept add up to it. Log-odds.
   */
  contributions: {
    [k: string]: number;
  };
  /**
   * The part of the score's logit that no term explains. Log-odds.
   */
  intercept?: number;
  /**
   * What the model saw, by feature; null is missing.
   */
  features: {
    [k: string]: number | string | null;
  };
  /**
   * What was known of the customer's other records, by the use case's names. Absent where it asks for nothing.
   */
  related?: {
    [k: string]: number;
  };
  /**
   * Of each related value the states it was made of, `<source>/<entity>/<crm id>@<time>/<the CRM's order>`, at most a hundred.
   */
  relatedFrom?: {
    [k: string]: string[];
  };
  /**
   * Where the model explores: the probability with which what was chosen was chosen, 0 to 1.
   */
  propensity?: number;
  /**
   * The model that answered.
   */
  model?: {
    /**
     * Name of the model.
     */
    name: string;
    /**
     * Version of the model.
     */
    version: string;
    /**
     * Content address of the model, `sha256:<hex>`.
     */
    digest: string;
  };
  /**
   * SHA-256 of the use case's policy as it was applied. Hex.
   */
  policy: string;
  /**
   * When it was decided, by the workflow. RFC 3339 UTC.
   */
  decidedat: string;
  /**
   * The CRM's order of the event that was decided; a newer decision has a greater one. Compares as text.
   */
  sequence: string;
}
