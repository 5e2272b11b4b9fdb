import { ConnectorError, type Finding } from '../../contract';
import { objectsOf, textOf } from '../json';
import { type ActivityFields, usedFields } from './activity-fields';
import { installFix } from './failure';
import type { RfcProcess, RfcSession } from './process';

const what = 'RFC';

/** Proves the SDK, the logon and the fields that activities are written to, without an effect. */
export async function checkRfc(rfc: RfcProcess, activity: ActivityFields | undefined): Promise<readonly Finding[]> {
  try {
    return await rfc.session(async (session) => {
      await session.call('RFC_PING', {});
      const findings: Finding[] = [{ level: 'ok', what }];
      if (activity === undefined) return findings;
      for (const [structure, names] of usedFields(activity))
        findings.push(await checkFields(session, structure, names));
      return findings;
    });
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const fix =
      error.code === 'SBX_SAP_RFC_MISSING'
        ? installFix
        : 'check `rfc.connection`, and that the gateway can be reached (port 33<sysnr>)';
    return [{ level: 'error', what, why: error.message, fix }];
  }
}

async function checkFields(session: RfcSession, structure: string, names: readonly string[]): Promise<Finding> {
  const { DFIES_TAB: rows } = await session.call('DDIF_FIELDINFO_GET', { TABNAME: structure });
  const known = new Set(objectsOf(rows).map(({ FIELDNAME: name }) => textOf(name)));
  const missing = names.filter((name) => !known.has(name));
  const place = `${what} structure ${structure}`;
  if (missing.length === 0) return { level: 'ok', what: place };
  const fix = 'look the structure up (SE11) and say under `rfc.activity` how the fields are called';
  return { level: 'error', what: place, why: `it has no ${missing.join(', ')}`, fix };
}
