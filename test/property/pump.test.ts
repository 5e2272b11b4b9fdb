import fc from 'fast-check';
import type * as PumpModule from '../../connectors/kit/pump';
import { runPump } from '../../connectors/kit/pump';
import { PumpWorld } from './pump-world';

/** What the steps are told apart by: a crash needs a process, a resume needs none. */
interface Model {
  isRunning: boolean;
}

type Step = fc.AsyncCommand<Model, PumpWorld>;

/** One step; after each nothing that was saved may be missing, and no more than allowed in flight. */
function step(
  name: string,
  isPossible: (model: Model) => boolean,
  act: (world: PumpWorld) => void,
  after?: (model: Model) => void,
): Step {
  return {
    check: isPossible,
    run: async (model, world) => {
      act(world);
      await world.settled();
      after?.(model);
      // A refused publish ends the process by itself.
      model.isRunning = world.isRunning;
      expect(world.lost).toEqual([]);
    },
    toString: () => name,
  };
}

const always = (): boolean => true;
const emit = step('emit', always, (world) => {
  world.emit();
});
const deliver = step('deliver', always, (world) => {
  world.deliver();
});
const crash = step(
  'crash',
  ({ isRunning }) => isRunning,
  (world) => {
    world.crash();
  },
);
const resume = step(
  'resume',
  ({ isRunning }) => !isRunning,
  (world) => {
    world.resume();
  },
);
/** A second process on the same saved position: everything since comes twice. */
const duplicate = step(
  'duplicate',
  ({ isRunning }) => isRunning,
  (world) => {
    world.crash();
    world.resume();
  },
);
const confirm = (index: number): Step =>
  step(`confirm(${index})`, always, (world) => {
    world.confirm(index);
  });
const nack = (index: number): Step =>
  step(`nack(${index})`, always, (world) => {
    world.refuse(index);
  });

const steps = fc.commands(
  [
    fc.constant(emit),
    fc.constant(deliver),
    fc.constant(crash),
    fc.constant(resume),
    fc.constant(duplicate),
    fc.nat(5).map(confirm),
    fc.nat(5).map(nack),
  ],
  { maxCommands: 60, size: 'max' },
);

/** Plays the steps on a pump and then lets everything through. */
function property(pump: typeof runPump): fc.IAsyncProperty<[Iterable<Step>]> {
  return fc.asyncProperty(steps, async (commands) => {
    const world = new PumpWorld(pump);
    try {
      await fc.asyncModelRun(() => ({ model: { isRunning: false }, real: world }), commands);
      for (let round = 0; world.accepted.size < world.emitted; round++) {
        if (round > 200) throw new Error(`never came: saved ${world.saved}, accepted ${[...world.accepted].join()}`);
        if (!world.isRunning) world.resume();
        world.deliver();
        await world.settled();
        while (world.pending.length > 0) world.confirm(0);
        await world.settled();
        // A checkpoint may be saved after its step: what is lost by it shows here, and never comes.
        expect(world.lost).toEqual([]);
      }
    } finally {
      await world.end();
    }
  });
}

describe('the pump, whatever happens', () => {
  it('loses nothing and saves no position beyond an unconfirmed event', async () => {
    await fc.assert(property(runPump), { numRuns: 300 });
  });

  it('is caught by this test when it saves the newest confirmed position', async () => {
    let defective: typeof runPump | undefined;
    jest.isolateModules(() => {
      jest.doMock('../../connectors/kit/watermark', () => ({
        Watermark: class {
          reached: unknown;
          add(position: unknown): () => void {
            return () => (this.reached = position);
          }
        },
      }));
      defective = jest.requireActual<typeof PumpModule>('../../connectors/kit/pump').runPump;
      jest.dontMock('../../connectors/kit/watermark');
    });
    const caught: unknown = await fc
      .assert(property(defective ?? runPump), { numRuns: 300 })
      .catch((error: unknown) => error);
    // For its defect, not because it does not run at all.
    expect(String((caught as Error).cause)).toMatch(/toEqual/);
  });

  it('never has more in flight than allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.nat(7), { maxLength: 60 }),
        async (maxInFlight, order) => {
          const world = new PumpWorld(runPump, maxInFlight);
          world.resume();
          for (const index of order) {
            world.emit();
            world.deliver();
            await world.settled();
            if (index % 2 === 0) world.confirm(index);
          }
          await world.settled();
          expect(world.mostInFlight).toBeLessThanOrEqual(maxInFlight);
          await world.end();
        },
      ),
      { numRuns: 50 },
    );
  });

  it('accounts for everything: what was told is accepted or refused, under random failures of publishing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(39), { maxLength: 10 }),
        fc.infiniteStream(fc.nat(9)),
        async (poison, luck) => {
          const world = new PumpWorld(runPump, 6, (n) => poison.includes(n));
          for (let n = 0; n < 40; n++) world.emit();
          for (let round = 0; world.accepted.size + world.quarantined.size < 40; round++) {
            if (round > 2000) throw new Error(`stuck at ${world.saved}`);
            if (!world.isRunning) world.resume();
            world.deliver();
            await world.settled();
            // One in ten publishes is refused (the process ends and another one resumes), the others confirmed in any order.
            const draw = Number(luck.next().value);
            if (draw === 0) world.refuse(draw);
            else world.confirm(draw);
            await world.settled();
          }
          const told = Array.from({ length: 40 }, (_, n) => n);
          expect([...world.quarantined].sort((a, b) => a - b)).toEqual(told.filter((n) => poison.includes(n)));
          expect([...world.accepted].sort((a, b) => a - b)).toEqual(told.filter((n) => !poison.includes(n)));
          await world.end();
        },
      ),
      { numRuns: 30 },
    );
  });
});
