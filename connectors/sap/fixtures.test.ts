import { describeCaptured } from '../../test/captured';
import { sap } from '.';
import { readText } from './read-natives';

describeCaptured({
  crm: 'SAP',
  connector: sap,
  context: { connection: 'erp', org: 'S4HCLNT100' },
  folders: ['c4c', 'edmx', 'events', 'idoc'],
  read: (text) => readText(text),
  expected: {
    'c4c/SAP-C4CODATAAPIDEVGUIDE.odataapi_v2_samples.md': 'SBX_SAP_TEXT',
    'c4c/SAP-C4CODATAAPIDEVGUIDE.serviceticket.md': 'SBX_SAP_TEXT',
    'c4c/SDC_Activity_Appointment_Collection_sample.json': 'SBX_SAP_ROW_KEY',
    'c4c/SDC_Activity_Email_Collection_sample.json': 'SBX_SAP_ROW_KEY',
    'c4c/SDC_Activity_Task_Collection_sample.json': 'SBX_SAP_ROW_KEY',
    'c4c/activity-appointment-collection-01-sample.json': '1 io.signalbox.interaction.observed.v1',
    'c4c/activity-appointment-collection-02-appointment-involved-parties-sample.json':
      '10 io.signalbox.record.observed.v1',
    'c4c/activity-appointment-collection-03-appointment-other-parties-sample.json': '1 io.signalbox.record.observed.v1',
    'c4c/activity-email-collection-01-sample.json': '10 io.signalbox.interaction.observed.v1',
    'c4c/activity-email-collection-02-email-recipients-sample.json': '1 io.signalbox.record.observed.v1',
    'c4c/activity-email-collection-03-email-sender-party-sample.json': '1 io.signalbox.record.observed.v1',
    'c4c/activity-task-collection-01-sample.json': '6 io.signalbox.task.observed.v1',
    'edmx/API_BUSINESS_PARTNER.edmx': 'SBX_SAP_EDMX',
    'events/BusinessPartner.Changed.S4HCLNT100.json': '1 io.signalbox.account.updated.v1',
    'events/BusinessPartner.Changed.codejam-63d6.json': '1 io.signalbox.account.updated.v1',
    'events/BusinessPartner.Created.codejam.json': '1 io.signalbox.account.created.v1',
    'events/BusinessPartner.Created.eventmesh-tfe.json': '1 io.signalbox.account.created.v1',
    'events/CE_BUSINESSPARTNEREVENTS.asyncapi.json': 'SBX_SAP_SCHEMA',
    'events/FreightOrder.Created.740207565.json': '1 io.signalbox.record.created.v1',
    'events/FreightOrder.Created.740623809-a.json': '1 io.signalbox.record.created.v1',
    'events/SSCv2.updateAccount.specversion-0.2.json': '1 io.signalbox.account.updated.v1',
    'events/SalesOrder.Created.DEVCLNT001.json': '1 io.signalbox.order.created.v1',
    'events/SalesOrder.Created.capire-ER9CLNT001.json': '1 io.signalbox.order.created.v1',
    'idoc/BAPI_CUSTOMER_GETDETAIL2.xml': 'SBX_SAP_BAPI',
    'idoc/BAPI_CUSTOMER_GETDETAIL2.xsd': 'SBX_SAP_SCHEMA',
    'idoc/DEBMAS01.customer.idoc.xml': '1 io.signalbox.account.updated.v1',
    'idoc/DEBMAS01.full.xml': '2 io.signalbox.account.updated.v1,io.signalbox.contact.updated.v1',
    'idoc/DEBMAS01.xsd': 'SBX_SAP_SCHEMA',
    'idoc/MATMAS01.xsd': 'SBX_SAP_SCHEMA',
  },
});
