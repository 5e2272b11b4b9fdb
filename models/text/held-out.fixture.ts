import { existsSync } from 'node:fs';
import type { dataSet } from '../held-out';
import type { Encoder } from './encoder';
import { encoderWeights, modesHere, openTestEncoder, scoreTexts, textFigures, textManifest } from './held-out-texts';
import type { ModeName } from './text-manifest';

/** What a text model is held to on the texts that it held out, at least, in both modes. */
interface Goal {
  readonly name: string;
  readonly data: ReturnType<typeof dataSet>;
  /** Column of the label. */
  readonly truth: string;
  readonly figure: 'top1' | 'macroF1';
  readonly least: Readonly<Record<ModeName, number>>;
}

/** The held-out texts for the other tests of a file. */
interface HeldOutTexts {
  readonly modes: readonly ModeName[];
  encoderOf(mode: ModeName): Encoder | undefined;
  /** Scored once, however many tests ask: it takes up to a minute. */
  scored(mode: ModeName): ReturnType<typeof scoreTexts>;
}

/** Adds the tests of a text model's held-out figures to a file, one a mode. */
export function holdTo({ name, data, truth, figure, least }: Goal): HeldOutTexts {
  const hasEncoder = existsSync(encoderWeights);
  let encoder: Encoder | undefined;
  beforeAll(async () => {
    if (hasEncoder) encoder = await openTestEncoder();
  });
  afterAll(() => encoder?.close());
  const encoderOf = (mode: ModeName): Encoder | undefined => (mode === 'full' ? encoder : undefined);
  const known = new Map<ModeName, ReturnType<typeof scoreTexts>>();
  const scored = (mode: ModeName): ReturnType<typeof scoreTexts> => {
    const found = known.get(mode) ?? scoreTexts(name, data.file, encoderOf(mode));
    known.set(mode, found);
    return found;
  };
  const modes = modesHere(hasEncoder);
  describe.each(modes)(`${name} on the public data, mode %s`, (mode) => {
    (data.isThere ? it : it.skip)(
      'has the held-out figures of its manifest within 1e-4, and meets its goal',
      async () => {
        const { metrics } = await textManifest(name);
        const told = mode === 'full' ? metrics.holdout : metrics.words;
        const { rows, scored: scores } = await scored(mode);
        expect(rows).toHaveLength(told.rows);
        const figures = textFigures(
          rows.map((row) => row[truth] ?? ''),
          scores,
        );
        for (const one of ['top1', 'macroF1', 'ece'] as const) expect(figures[one]).toBeCloseTo(told[one].value, 4);
        expect(figures[figure]).toBeGreaterThanOrEqual(least[mode]);
      },
      600_000,
    );
  });
  return { modes, encoderOf, scored };
}
