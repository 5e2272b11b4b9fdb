import { bapiret2 } from './faults';

type Row = Readonly<Record<string, string>>;
export type Tables = Readonly<Record<string, unknown>>;

/** A sales activity (BUS1037). */
export interface Activity {
  readonly id: string;
  readonly reference: string;
  readonly customer: string;
  readonly day: string;
  readonly general: Row;
  readonly text: readonly string[];
}

/** What one session holds that is not committed. */
export interface Work {
  flagged: Omit<Activity, 'id'>[];
  saved: Omit<Activity, 'id'>[];
  /** Changes in the global memory, and those that the commit makes. */
  changing: Change[];
  changed: Change[];
}

/** Of an activity: the fields and the text that it gets. */
interface Change {
  readonly id: string;
  readonly general: Row;
  readonly text: readonly string[];
}

const success = bapiret2('S', 'VBKA', '001', 'done');
const rows = (value: unknown): readonly Row[] => (Array.isArray(value) ? (value as Row[]) : []);

/** Fields of the structures that a caller may ask for; the names are this simulator's, not proved by a SAP system. */
const structures: Readonly<Record<string, readonly string[]>> = {
  BAPI_BUS1037_VBKAKOM_CR:
    'REFOBJECTTYPE REFOBJECTKY REFDOCTYPE REFRELTYPE DOC_NUMBER ACTIVITY_TYPE SALESORG FROM_DATE TO_DATE ACTIVITY_COMMENT'.split(
      ' ',
    ),
  BAPI_VBKA_VBPA2KOM: 'REFOBJECTTYPE REFOBJECTKY REFRELTYPE PARTN_ROLE PARTN_ID'.split(' '),
  BAPI_BUS1037_VBKAKOM_UPD: 'DOC_NUMBER STATUS ACTIVITY_COMMENT FROM_DATE TO_DATE'.split(' '),
  BAPI_VBKA_TLINEKOM: 'REFOBJECTTYPE REFOBJECTKY REFRELTYPE DOC_NUMBER TDLINE'.split(' '),
  BAPI_RANGESKUNNR: ['SIGN', 'OPTION', 'CUSTOMER_LOW', 'CUSTOMER_HIGH'],
  BAPI_VBKA_BOID: ['OBJTYPE', 'OBJKEY'],
};

type Run = (parameters: Tables, work: Work, committed: Activity[]) => Tables;

const nothingToSay = { RETURN: { ...success, TYPE: '', MESSAGE: '' } };

const functions: Readonly<Record<string, Run>> = {
  RFC_PING: () => ({}),
  DDIF_FIELDINFO_GET: ({ TABNAME: name }) => ({
    DFIES_TAB: (structures[String(name)] ?? []).map((FIELDNAME) => ({ FIELDNAME })),
  }),
  BAPI_BPCONTACT_CREATEFROMDATA: (parameters, work) => {
    work.flagged.push(...rows(parameters.GENERALDATA).map((general) => flagged(general, parameters)));
    return { RETURN: [success] };
  },
  BAPI_BPCONTACT_CHANGE: (parameters, work, committed) => {
    const changes = rows(parameters.GENERALDATA).map((general) => changeOf(general, parameters));
    const unknown = changes.find(({ id }) => !committed.some((activity) => activity.id === id));
    if (unknown !== undefined) return { RETURN: [bapiret2('E', 'VBKA', '012', `${unknown.id} does not exist`)] };
    work.changing.push(...changes);
    return { RETURN: [success] };
  },
  BAPI_BPCONTACT_SAVEFROMMEMORY: (_parameters, work) => {
    work.saved.push(...work.flagged.splice(0));
    work.changed.push(...work.changing.splice(0));
    return { RETURN: [success], SALESACTIVITYIDOUT: [] };
  },
  // RETURN is a structure here, and a table with the others: as in real systems.
  BAPI_TRANSACTION_COMMIT: (_parameters, work, committed) => {
    for (const one of work.saved.splice(0)) {
      committed.push({ ...one, id: String(100_000_000 + committed.length).padStart(10, '0') });
    }
    for (const { id, general, text } of work.changed.splice(0)) {
      const place = committed.findIndex((activity) => activity.id === id);
      const before = committed[place];
      if (before === undefined) continue;
      const kept = text.length === 0 ? before.text : text;
      committed[place] = { ...before, general: { ...before.general, ...general }, text: kept };
    }
    return nothingToSay;
  },
  BAPI_TRANSACTION_ROLLBACK: (_parameters, work) => {
    work.flagged = [];
    work.saved = [];
    work.changing = [];
    work.changed = [];
    return nothingToSay;
  },
  BAPI_BPCONTACT_GETLIST: (parameters, _work, committed) => ({
    RETURN: [],
    SALESACTIVITYID: listed(parameters, committed),
  }),
  BAPI_BPCONTACT_GETDETAIL: (parameters, _work, committed) => {
    const ids = rows(parameters.SALESACTIVITYID).map(({ OBJKEY: id }) => id);
    return { RETURN: [], BINARYRELATIONSHIP: committed.filter(({ id }) => ids.includes(id)).map(relation) };
  },
};

/** Calls a function of the system, on its committed activities and one session's work. */
export function run(name: string, parameters: Tables, work: Work, committed: Activity[]): Tables {
  const unknown = { RETURN: bapiret2('A', 'FL', '046', `Function module ${name} does not exist`) };
  return functions[name]?.(parameters, work, committed) ?? unknown;
}

function relation({ id, reference }: Activity): Row {
  return { OBJTYPE_A: 'BUS1037', OBJKEY_A: id, OBJTYPE_B: 'PROXY0001', OBJKEY_B: reference };
}

function flagged(general: Row, { BUSINESSPARTNER: partners, TEXT: text }: Tables): Omit<Activity, 'id'> {
  const reference = general.REFOBJECTKY ?? '';
  const isIts = (row: Row): boolean => row.REFOBJECTKY === reference;
  return {
    reference,
    customer: rows(partners).find(isIts)?.PARTN_ID ?? '',
    day: general.FROM_DATE ?? '',
    general,
    text: rows(text)
      .filter(isIts)
      .map(({ TDLINE: line = '' }) => line),
  };
}

/** What is marked in the X structures. */
function changeOf(general: Row, { GENERALDATAX: marks, TEXT: text, TEXTX: textMarks }: Tables): Change {
  const id = general.DOC_NUMBER ?? '';
  const isIts = (row: Row): boolean => row.DOC_NUMBER === id;
  const marked = rows(marks).find(isIts) ?? {};
  const taken = Object.entries(general).filter(([name]) => name !== 'DOC_NUMBER' && marked[name] === 'X');
  const isText = rows(textMarks).some(isIts);
  const lines = isText ? rows(text).filter(isIts) : [];
  return { id, general: Object.fromEntries(taken), text: lines.map(({ TDLINE: line = '' }) => line) };
}

function listed(parameters: Tables, committed: readonly Activity[]): readonly Row[] {
  const customers = rows(parameters.CUSTOMERSEL).map(({ CUSTOMER_LOW: low }) => low);
  const { ACTIVITY_START_DATE: from, ACTIVITY_END_DATE: to } = parameters as Readonly<
    Record<string, string | undefined>
  >;
  return committed
    .filter(({ customer, day }) => customers.includes(customer) && day >= (from ?? '') && day <= (to ?? '99999999'))
    .map(({ id }) => ({ OBJTYPE: 'BUS1037', OBJKEY: id }));
}
