/** A custom field of the demo's Lead, as Salesforce describes it. */
export interface LeadField {
  /** API name. */
  readonly name: string;
  readonly type: 'string' | 'double' | 'textarea';
  /** What `record.attributes` calls it; absent for what Signalbox writes. */
  readonly attribute?: string;
}

/** What a bank knows of a lead before the call: the columns of the UCI bank-marketing data that the model reads. */
export const leadFields: readonly LeadField[] = [
  { name: 'Job__c', type: 'string', attribute: 'job' },
  { name: 'Education__c', type: 'string', attribute: 'education' },
  { name: 'Housing__c', type: 'string', attribute: 'housing' },
  { name: 'Loan__c', type: 'string', attribute: 'loan' },
  { name: 'Contact__c', type: 'string', attribute: 'contact' },
  { name: 'Month__c', type: 'string', attribute: 'month' },
  { name: 'Day_Of_Week__c', type: 'string', attribute: 'dayOfWeek' },
  { name: 'Previous_Outcome__c', type: 'string', attribute: 'poutcome' },
  { name: 'Campaign__c', type: 'double', attribute: 'campaign' },
  { name: 'Pdays__c', type: 'double', attribute: 'pdays' },
  { name: 'Previous__c', type: 'double', attribute: 'previous' },
  { name: 'Employment_Variation__c', type: 'double', attribute: 'empVarRate' },
  { name: 'Consumer_Prices__c', type: 'double', attribute: 'consPriceIdx' },
  { name: 'Consumer_Confidence__c', type: 'double', attribute: 'consConfIdx' },
  { name: 'Euribor__c', type: 'double', attribute: 'euribor3m' },
  { name: 'Employed__c', type: 'double', attribute: 'nrEmployed' },
  { name: 'Signalbox_Score__c', type: 'double' },
  { name: 'Signalbox_Reasons__c', type: 'textarea' },
];

/** A lead as the REST API takes it. */
export type NativeLead = Readonly<Record<string, string | number>>;
