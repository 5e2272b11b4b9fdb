/** A choice's words by its numbers, as Microsoft defines them; an organisation's own numbers start at 100,000,000. */
export type Choices = Readonly<Record<number, string>>;

/** Labels come in the language of whoever made the change, and often not at all: for the standard numbers one word each. */
export const leadStatus: Choices = {
  1: 'New',
  2: 'Contacted',
  3: 'Qualified',
  4: 'Lost',
  5: 'Cannot Contact',
  6: 'No Longer Interested',
  7: 'Canceled',
};
export const rating: Choices = { 1: 'Hot', 2: 'Warm', 3: 'Cold' };
export const leadSource: Choices = {
  1: 'Advertisement',
  2: 'Employee Referral',
  3: 'External Referral',
  4: 'Partner',
  5: 'Public Relations',
  6: 'Seminar',
  7: 'Trade Show',
  8: 'Web',
  9: 'Word of Mouth',
  10: 'Other',
};
export const industry: Choices = {
  1: 'Accounting',
  2: 'Agriculture and Non-petrol Natural Resource Extraction',
  3: 'Broadcasting Printing and Publishing',
  4: 'Brokers',
  5: 'Building Supply Retail',
  6: 'Business Services',
  7: 'Consulting',
  8: 'Consumer Services',
  9: 'Design, Direction and Creative Management',
  10: 'Distributors, Dispatchers and Processors',
  11: "Doctor's Offices and Clinics",
  12: 'Durable Manufacturing',
  13: 'Eating and Drinking Places',
  14: 'Entertainment Retail',
  15: 'Equipment Rental and Leasing',
  16: 'Financial',
  17: 'Food and Tobacco Processing',
  18: 'Inbound Capital Intensive Processing',
  19: 'Inbound Repair and Services',
  20: 'Insurance',
  21: 'Legal Services',
  22: 'Non-Durable Merchandise Retail',
  23: 'Outbound Consumer Service',
  24: 'Petrochemical Extraction and Distribution',
  25: 'Service Retail',
  26: 'SIG Affiliations',
  27: 'Social Services',
  28: 'Special Outbound Trade Contractors',
  29: 'Specialty Realty',
  30: 'Transportation',
  31: 'Utility Creation and Distribution',
  32: 'Vehicle Retail',
  33: 'Wholesale',
};
export const activeState: Choices = { 0: 'Active', 1: 'Inactive' };
export const accountType: Choices = {
  1: 'Competitor',
  2: 'Consultant',
  3: 'Customer',
  4: 'Investor',
  5: 'Partner',
  6: 'Influencer',
  7: 'Press',
  8: 'Prospect',
  9: 'Reseller',
  10: 'Supplier',
  11: 'Vendor',
  12: 'Other',
};
export const ownership: Choices = { 1: 'Public', 2: 'Private', 3: 'Subsidiary', 4: 'Other' };
export const caseStatus: Choices = {
  1: 'In Progress',
  2: 'On Hold',
  3: 'Waiting for Details',
  4: 'Researching',
  5: 'Problem Solved',
  6: 'Canceled',
  1000: 'Information Provided',
  2000: 'Merged',
};
export const casePriority: Choices = { 1: 'High', 2: 'Normal', 3: 'Low' };
export const caseOrigin: Choices = {
  1: 'Phone',
  2: 'Email',
  3: 'Web',
  2483: 'Facebook',
  3986: 'Twitter',
  700610000: 'IoT',
};
export const caseType: Choices = { 1: 'Question', 2: 'Problem', 3: 'Request' };
export const taskStatus: Choices = {
  2: 'Not Started',
  3: 'In Progress',
  4: 'Waiting on someone else',
  5: 'Completed',
  6: 'Canceled',
  7: 'Deferred',
};
export const activityPriority: Choices = { 0: 'Low', 1: 'Normal', 2: 'High' };
export const activityState: Choices = { 0: 'Open', 1: 'Completed', 2: 'Canceled', 3: 'Scheduled' };
export const orderState: Choices = { 0: 'Active', 1: 'Submitted', 2: 'Canceled', 3: 'Fulfilled', 4: 'Invoiced' };
export const invoiceState: Choices = { 0: 'Active', 1: 'Closed', 2: 'Paid', 3: 'Canceled' };
