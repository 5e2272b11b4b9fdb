import { LightningElement, api, wire } from 'lwc';
import { getRecord, getFieldValue } from 'lightning/uiRecordApi';
import tell from '@salesforce/apex/SignalboxFeedback.tell';

const fieldNames = ['Signalbox_Score__c', 'Signalbox_Reasons__c', 'Signalbox_Model__c', 'Signalbox_Decided_At__c'];

/** The score of the page's record, its reasons, and two buttons that tell Signalbox whether it helped. */
export default class SignalboxScore extends LightningElement {
  @api recordId;
  @api objectApiName;
  record;
  error;
  isTold = false;
  said = 'Did this help?';

  get fields() {
    // Absent until the page has said which object it shows: the wire waits for it.
    return this.objectApiName && fieldNames.map((name) => `${this.objectApiName}.${name}`);
  }

  @wire(getRecord, { recordId: '$recordId', optionalFields: '$fields' })
  wired({ data, error }) {
    this.record = data;
    this.error = error?.body?.message;
  }

  get score() {
    return this.valueOf('Signalbox_Score__c');
  }

  get hasScore() {
    return typeof this.score === 'number';
  }

  get reasons() {
    const lines = (this.valueOf('Signalbox_Reasons__c') ?? '').split('\n');
    return lines.filter((text) => text !== '').map((text, key) => ({ key, text }));
  }

  get model() {
    return this.valueOf('Signalbox_Model__c');
  }

  get decidedAt() {
    return this.valueOf('Signalbox_Decided_At__c');
  }

  sayHelpful() {
    return this.say(true);
  }

  sayNotHelpful() {
    return this.say(false);
  }

  async say(isHelpful) {
    this.isTold = true;
    try {
      await tell({ recordId: this.recordId, isHelpful, score: this.score, model: this.model });
      this.said = 'Thank you.';
    } catch (error) {
      this.isTold = false;
      this.said = error.body?.message ?? 'It could not be sent.';
    }
  }

  valueOf(name) {
    return this.record && getFieldValue(this.record, `${this.objectApiName}.${name}`);
  }
}
