/** A predictor is judged by nodes of which was measured what its setting says: not by those it had to plan in part. */
import type { Forest } from '../energy/predictors/forest.js';
import { partsMeasured } from '../energy/predictors/parts_measured.js';
import type { Prediction, Setting } from '../energy/predictors/predictor.js';

/** Leaves the others out of a prediction. */
export function ofSetting(forest: Forest, setting: Setting): (prediction: Prediction) => Prediction {
  const isMeasured = partsMeasured(forest, setting);
  return (prediction) => {
    const { classes, extrapolated, draws } = prediction;
    const places = [...classes.keys()].filter((i) => isMeasured(classes[i]));
    if (places.length === classes.length) return prediction;
    const pick = (of: Float64Array): Float64Array => Float64Array.from(places, (i) => of[i]);
    return {
      ...prediction,
      classes: Int32Array.from(places, (i) => classes[i]),
      extrapolated: Uint8Array.from(places, (i) => extrapolated[i]),
      draws: draws.map(({ seed, wallJ, latencyS, alpha }) => ({
        seed,
        wallJ: pick(wallJ),
        latencyS: latencyS && pick(latencyS),
        alpha: alpha && pick(alpha),
      })),
    };
  };
}
