import type { NativeLead } from './lead-fields';

const firstNames = [
  'Maria',
  'Jonas',
  'Aisha',
  'Tomas',
  'Ingrid',
  'Rafael',
  'Chloe',
  'Mehmet',
  'Sofia',
  'Daniel',
  'Yuki',
  'Ola',
];
const lastNames = [
  'Lopez',
  'Becker',
  'Rahman',
  'Novak',
  'Larsen',
  'Costa',
  'Martin',
  'Yilmaz',
  'Rossi',
  'Cohen',
  'Sato',
  'Berg',
];
const companies = [
  'Alder & Sons',
  'Bluewater',
  'Copperfield',
  'Dunmore',
  'Eastgate',
  'Fernhill',
  'Granite',
  'Harbour Lane',
];

/** Values with their weights, roughly as often as in the UCI bank-marketing data. */
const weighted: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  Job__c: [
    ['admin.', 25],
    ['blue-collar', 22],
    ['technician', 16],
    ['services', 10],
    ['management', 7],
    ['retired', 4],
    ['student', 2],
  ],
  Education__c: [
    ['university.degree', 30],
    ['high.school', 23],
    ['basic.9y', 15],
    ['professional.course', 13],
    ['basic.4y', 10],
  ],
  Housing__c: [
    ['yes', 52],
    ['no', 46],
    ['unknown', 2],
  ],
  Loan__c: [
    ['no', 82],
    ['yes', 15],
    ['unknown', 3],
  ],
  Day_Of_Week__c: [
    ['mon', 20],
    ['tue', 20],
    ['wed', 20],
    ['thu', 20],
    ['fri', 20],
  ],
};

interface Season {
  readonly share: number;
  /** Share of people who were called in an earlier campaign. */
  readonly known: number;
  readonly cellular: number;
  readonly months: readonly string[];
  readonly economy: NativeLead;
}

/** Two seasons of the campaign: a crowded one that seldom sells, and a quiet one that often does. */
const seasons: readonly [Season, Season] = [
  {
    share: 0.88,
    known: 0.06,
    cellular: 0.55,
    months: ['may', 'jul', 'aug'],
    economy: {
      Employment_Variation__c: 1.4,
      Consumer_Prices__c: 93.9,
      Consumer_Confidence__c: -42,
      Euribor__c: 4.9,
      Employed__c: 5228,
    },
  },
  {
    share: 0.12,
    known: 0.4,
    cellular: 0.9,
    months: ['mar', 'sep', 'oct'],
    economy: {
      Employment_Variation__c: -2.9,
      Consumer_Prices__c: 92.6,
      Consumer_Confidence__c: -33,
      Euribor__c: 0.8,
      Employed__c: 5040,
    },
  },
];

/**
 * Leads that nobody is: drawn from fixed weights, the same on every run.
 * @param count how many
 */
export function* generateLeads(count: number, seed = 20260301): Generator<NativeLead> {
  const random = mulberry32(seed);
  for (let index = 0; index < count; index++) yield { ...person(random, index), ...situation(random) };
}

function person(random: () => number, index: number): NativeLead {
  const lead: Record<string, string | number> = {
    FirstName: pick(firstNames, random()),
    LastName: pick(lastNames, random()),
    Company: pick(companies, random()),
    Status: 'Open - Not Contacted',
    Email: `lead${index}@example.com`,
  };
  for (const [field, values] of Object.entries(weighted)) lead[field] = draw(values, random());
  return lead;
}

function situation(random: () => number): NativeLead {
  const season = random() < seasons[0].share ? seasons[0] : seasons[1];
  const isKnown = random() < season.known;
  const isWon = random() < 0.6;
  return {
    ...season.economy,
    Month__c: pick(season.months, random()),
    Contact__c: random() < season.cellular ? 'cellular' : 'telephone',
    Campaign__c: 1 + Math.floor(random() * random() * 6),
    Previous__c: isKnown ? 1 + Math.floor(random() * 2) : 0,
    Pdays__c: isKnown ? 1 + Math.floor(random() * 14) : 999,
    Previous_Outcome__c: !isKnown ? 'nonexistent' : isWon ? 'success' : 'failure',
  };
}

function pick<T>(values: readonly T[], at: number): T {
  const value = values[Math.floor(at * values.length)];
  if (value === undefined) throw new RangeError(`nothing to pick at ${at}`);
  return value;
}

function draw(values: readonly (readonly [string, number])[], at: number): string {
  const total = values.reduce((sum, [, weight]) => sum + weight, 0);
  let left = at * total;
  for (const [value, weight] of values) {
    left -= weight;
    if (left < 0) return value;
  }
  return values[0]?.[0] ?? '';
}

/** A small seeded generator (mulberry32): the demo must tell the same story on every run. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
