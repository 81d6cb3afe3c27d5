/** Choices worth making: what intervals decide, and what they leave open. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { overlapping, pareto, type Choice } from '../../../../stages/energy/prediction/pareto.js';

const choice = (energyJ: number, accuracyPct: number | null, half = 0): Choice => ({
  energyJ,
  lowJ: half === 0 ? null : energyJ - half,
  highJ: half === 0 ? null : energyJ + half,
  accuracyPct,
});

const some = fc.array(
  fc
    .tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 9 }),
      fc.boolean(),
    )
    .map(([energy, accuracy, half, scored]) => choice(energy, scored ? accuracy : null, half)),
  { maxLength: 12 },
);

const standings = (choices: readonly Choice[]) => pareto(choices).map((judged) => judged?.standing ?? null);

test('without intervals every choice is on the front or off it', () => {
  const front = pareto([choice(4, 85), choice(5, 90), choice(6, 88), choice(5, 90), choice(9, null)]);
  assert.equal(
    front.map((judged) => judged?.onFront ?? null),
    [true, true, false, true, null],
  );
  assert.equal(standings([choice(4, 85), choice(5, 90), choice(6, 88)]), ['on', 'on', 'off']);
});

test('an interval that reaches into another leaves it open', () => {
  assert.equal(standings([choice(10, 90, 1), choice(11, 89, 1)]), ['on', 'open']);
  assert.equal(standings([choice(10, 90, 1), choice(11, 90, 1)]), ['open', 'open']);
  assert.equal(standings([choice(10, 90, 1), choice(13, 90, 1)]), ['on', 'off']);
  assert.equal(overlapping([choice(10, 1, 1), choice(11, 1, 1), choice(13, 1, 0.5), choice(13, 1)]), [[0, 1]]);
});

test('a standing holds for all energies within the intervals', () => {
  const drawn = fc.tuple(some, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })));
  fc.assert(
    fc.property(drawn, ([choices, stream]) => {
      const judged = pareto(choices);
      const exact = choices.map((one) => {
        const at = stream.next().value as number;
        return choice((one.lowJ ?? one.energyJ) * (1 - at) + (one.highJ ?? one.energyJ) * at, one.accuracyPct);
      });
      pareto(exact).forEach((truth, i) => {
        if (judged[i]?.standing === 'on') assert.ok(truth!.onFront);
        if (judged[i]?.standing === 'off') assert.not(truth!.onFront);
        assert.is(truth === null, choices[i].accuracyPct === null);
      });
    }),
  );
});

test('the front by the predicted energies is never off it, and not empty', () => {
  fc.assert(
    fc.property(some, (choices) => {
      const judged = pareto(choices);
      for (const one of judged) {
        if (one?.onFront) assert.is.not(one.standing, 'off');
        if (one?.standing === 'on') assert.ok(one.onFront);
      }
      if (choices.some(({ accuracyPct }) => accuracyPct !== null)) assert.ok(judged.some((one) => one?.onFront));
    }),
  );
});

test.run();
