import { randomBytes } from 'node:crypto';
import { json, type HttpAnswer } from '../http/message';

/** A refusal of the OData services. */
export class ODataError extends Error {
  constructor(
    readonly status: number,
    /** Message class and number of S/4, or the code of C4C. */
    readonly code: string,
    message: string,
    /** Property that the refusal is about. */
    readonly target = '',
  ) {
    super(message);
  }
}

/** 400 for what the client sent. */
export const badRequest = (message: string, target = ''): ODataError =>
  new ODataError(400, '/IWBEP/CM_MGW_RT/021', message, target);

/** 404 for a path. */
export const noSuchResource = (segment: string): ODataError =>
  new ODataError(404, '/IWBEP/CM_MGW_RT/020', `Resource not found for segment '${segment}'`);

/** 404 for a key. */
export const noSuchRow = (set: string, key: string): ODataError =>
  new ODataError(404, '/IWBEP/CM_MGW_RT/022', `Resource ${set}(${key}) not found`);

/** `20260301093000.1234560`, as innererror has it. */
const gatewayTimestamp = (): string =>
  `${new Date()
    .toISOString()
    .replaceAll(/[-:TZ]/g, '')
    .slice(0, 18)}0000`;

/** The error as the client sees it. */
export const renderError = (error: ODataError, service: string, language: string): HttpAnswer =>
  json(
    error.status,
    {
      error: {
        code: error.code,
        message: { lang: language, value: error.message },
        innererror: {
          application: {
            component_id: 'OPU-BSE-SDE',
            service_namespace: '/SAP/',
            service_id: service,
            service_version: '0001',
          },
          transactionid: randomBytes(16).toString('hex').toUpperCase(),
          timestamp: gatewayTimestamp(),
          errordetails: [
            { code: error.code, message: error.message, propertyref: '', severity: 'error', target: error.target },
          ],
        },
      },
    },
    { dataserviceversion: '1.0' },
  );
