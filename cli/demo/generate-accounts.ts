/** A customer of a telephone company, with what the churn model reads. */
export interface DemoAccount {
  readonly name: string;
  /** Feature of the model, as text, as Cloud for Customer keeps extension fields. */
  readonly features: Readonly<Record<string, string>>;
}

const towns = ['Nordhafen', 'Altried', 'Lindau', 'Bergheim', 'Seefeld', 'Ostwald'] as const;
const trades = ['Pumpen', 'Logistik', 'Druck', 'Optik', 'Holzbau'] as const;

/** Free to leave any month. */
const loose = {
  contract: 'Month-to-month',
  internetService: 'Fiber optic',
  multipleLines: 'Yes',
  onlineSecurity: 'No',
  onlineBackup: 'No',
  deviceProtection: 'No',
  techSupport: 'No',
  streamingTv: 'Yes',
  streamingMovies: 'Yes',
  paperlessBilling: 'Yes',
  paymentMethod: 'Electronic check',
} as const;

const bound = {
  ...loose,
  contract: 'Two year',
  internetService: 'DSL',
  onlineSecurity: 'Yes',
  onlineBackup: 'Yes',
  techSupport: 'Yes',
  streamingTv: 'No',
  streamingMovies: 'No',
  paperlessBilling: 'No',
  paymentMethod: 'Bank transfer (automatic)',
} as const;

/** Accounts that nobody is, every third one free to leave. The same on every run. */
export function* generateAccounts(count: number): Generator<DemoAccount> {
  for (let n = 0; n < count; n++) {
    const isLoose = n % 3 === 0;
    const months = isLoose ? 1 + (n % 5) : 20 + ((n * 7) % 50);
    const monthly = isLoose ? 80 + (n % 20) : 20 + ((n * 11) % 60);
    yield {
      name: [trades[n % trades.length], towns[n % towns.length], n + 1].join(' '),
      features: {
        ...(isLoose ? loose : bound),
        tenure: String(months),
        monthlyCharges: monthly.toFixed(2),
        totalCharges: (months * monthly).toFixed(2),
      },
    };
  }
}
