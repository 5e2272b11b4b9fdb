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

/** Two seasons of the campaign: a crowded one that seldom sells, and a quiet one that often does. */
const seasons = [
  {
    share: 0.75,
    Month__c: ['may', 'jul', 'aug'],
    Employment_Variation__c: 1.4,
    Consumer_Prices__c: 93.9,
    Consumer_Confidence__c: -42,
    Euribor__c: 4.9,
    Employed__c: 5228,
  },
  {
    share: 0.25,
    Month__c: ['mar', 'sep', 'oct'],
    Employment_Variation__c: -2.9,
    Consumer_Prices__c: 92.6,
    Consumer_Confidence__c: -33,
    Euribor__c: 0.8,
    Employed__c: 5040,
  },
] as const;

/**
 * Leads that nobody is: drawn from fixed weights, the same on every run.
 * @param count how many
 */
export function* generateLeads(count: number, seed = 20260301): Generator<NativeLead> {
  const random = mulberry32(seed);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  for (let index = 0; index < count; index++) {
    const season = random() < seasons[0].share ? seasons[0] : seasons[1];
    const { share: _share, Month__c: months, ...economy } = season;
    const calledBefore = random() < (season === seasons[0] ? 0.06 : 0.4);
    const lead: Record<string, string | number> = {
      FirstName: pick(firstNames),
      LastName: pick(lastNames),
      Company: pick(companies),
      Status: 'Open - Not Contacted',
      Email: `lead${index}@example.com`,
      ...economy,
      Month__c: pick(months),
      Contact__c: random() < (season === seasons[0] ? 0.55 : 0.9) ? 'cellular' : 'telephone',
      Campaign__c: 1 + Math.floor(random() * random() * 6),
      Previous__c: calledBefore ? 1 + Math.floor(random() * 2) : 0,
      Pdays__c: calledBefore ? 1 + Math.floor(random() * 14) : 999,
      Previous_Outcome__c: calledBefore ? (random() < 0.6 ? 'success' : 'failure') : 'nonexistent',
    };
    for (const [field, values] of Object.entries(weighted)) lead[field] = draw(values, random());
    yield lead;
  }
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
