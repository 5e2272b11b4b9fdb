/** Texts of codes, by the property that holds the code. What is not here has an empty text. */
export const codeTexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Status: { '1': 'Open', '2': 'In Process', '3': 'Completed', '4': 'Canceled' },
  PriorityCode: { '1': 'Immediate', '2': 'Urgent', '3': 'Normal', '7': 'Low' },
  ServicePriorityCode: { '1': 'Immediate', '2': 'Urgent', '3': 'Normal', '7': 'Low' },
  ServiceRequestLifeCycleStatusCode: { '1': 'Open', '2': 'In Process', '3': 'Completed', '4': 'Closed' },
  ServiceRequestUserLifeCycleStatusCode: { '1': 'Open', '2': 'In Process', '4': 'Customer Action', '5': 'Completed' },
  EscalationStatus: { '1': 'Not Escalated', '2': 'Escalated' },
  ProcessingTypeCode: {
    '10002': 'Body Text',
    SRRQ: 'Service Request',
    OPPT: 'Opportunity',
  },
  DataOriginTypeCode: {
    '10002': 'Body Text',
    '1': 'Manual data entry',
  },
  DocumentType: { '0006': 'Activity Task' },
  Category: { '0005': 'Preparation' },
  UserStatusCode: { '01': 'Open', '02': 'In Process', '03': 'Qualified', '04': 'Declined', '05': 'Converted' },
  QualificationLevelCode: { '01': 'Cold', '02': 'Warm', '03': 'Hot' },
  LifeCycleStatusCode: { '1': 'In Preparation', '2': 'Active', '3': 'Blocked', '4': 'Obsolete' },
  RoleCode: { CRM000: 'Account', BUP002: 'Prospect' },
  ABCClassificationCode: { A: 'A-Account', B: 'B-Account', C: 'C-Account' },
  TypeCode: {
    '10002': 'Body Text',
    '10004': 'Incident Description',
    '10007': 'Reply to Customer',
    '10008': 'Reply from Customer',
    '10011': 'Internal Memo',
  },
};
