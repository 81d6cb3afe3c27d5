/**
 * Predictions on their way into SQL. Equal nodes are predicted once (forest.ts), so that the tables made here are of
 * classes: `combinations` (a feature set, variant and split), `held_out` (a class and its fold), `drawn` (what one draw
 * predicted for it; NaN where it says nothing), `draw_seeds`, and `class_of` (which nodes of `ordered_nodes` a class stands for).
 */
import { tableFromArrays } from 'apache-arrow';
import type { Database } from '../../pipeline/database.js';
import { settingOf } from '../energy/predictors/feature_sets.js';
import type { Forest } from '../energy/predictors/forest.js';
import { intervalsOf } from '../energy/predictors/intervals.js';
import type { PredictorEntry } from '../energy/predictors/list.js';
import type { Fitted, Prediction, Setting } from '../energy/predictors/predictor.js';
import type { FittedFolds } from '../energy/predictors/read_fitted.js';

type Values = Int32Array | Float64Array | readonly (string | null)[];

/** Rows of numbers, column by column. */
class Columns<Name extends string> {
  private readonly columns: Record<Name, number[]>;

  constructor(names: readonly Name[]) {
    this.columns = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  }

  add(row: Readonly<Record<Name, number>>): void {
    for (const name in this.columns) this.columns[name].push(row[name]);
  }

  ints(name: Name): Int32Array {
    return Int32Array.from(this.columns[name]);
  }

  doubles(name: Name): Float64Array {
    return Float64Array.from(this.columns[name]);
  }
}

export class Draws {
  private readonly combinations: FittedFolds[] = [];
  private readonly folds: string[] = [];
  private readonly heldOut = new Columns(['combination', 'class', 'fold', 'low_j', 'high_j']);
  private readonly reasons: (string | null)[] = [];
  private readonly drawn = new Columns(['combination', 'class', 'draw', 'predicted_j', 'latency_s', 'alpha']);
  private readonly seeds: number[] = [];
  private weighs = false;

  constructor(
    private readonly name: string,
    private readonly entry: PredictorEntry,
    private readonly forest: Forest,
  ) {}

  /** Begins the predictions of the next feature set, variant and split. */
  start(fits: FittedFolds): void {
    this.combinations.push(fits);
  }

  /** Takes the predictions of one fold. */
  add(fitted: Fitted, { classes, extrapolated, reasons, draws }: Prediction): void {
    const combination = this.combinations.length - 1;
    const at = this.folds.push(fitted.fold) - 1;
    // An interval is of what is reported: the mean over seeds.
    const meanJ = Float64Array.from(
      classes,
      (_, i) => draws.reduce((sum, { wallJ }) => sum + wallJ[i], 0) / draws.length,
    );
    const intervals = intervalsOf(fitted, this.forest, classes, meanJ, extrapolated);
    classes.forEach((c, i) => {
      const [low_j, high_j] = intervals ? [intervals.lowJ[i], intervals.highJ[i]] : [NaN, NaN];
      this.heldOut.add({ combination, class: c, fold: at, low_j, high_j });
      this.reasons.push(extrapolated[i] > 0 ? reasons[extrapolated[i] - 1] : null);
    });
    draws.forEach(({ seed, wallJ, latencyS, alpha }, draw) => {
      if (seed !== null) this.seeds[draw] = seed;
      if (alpha) this.weighs = true;
      classes.forEach((c, i) => {
        this.drawn.add({
          combination,
          class: c,
          draw,
          predicted_j: wallJ[i],
          latency_s: latencyS ? latencyS[i] : NaN,
          alpha: alpha ? alpha[i] : 1,
        });
      });
    });
  }

  /** Makes the tables. */
  async insert(database: Database): Promise<void> {
    const { heldOut, drawn, forest, folds } = this;
    await this.insertCombinations(database);
    const insert = (name: string, columns: Record<string, Values>) =>
      database.insert(name, tableFromArrays(columns as Record<string, Int32Array>));
    await insert('held_out', {
      combination: heldOut.ints('combination'),
      class: heldOut.ints('class'),
      fold: Array.from(heldOut.ints('fold'), (at) => folds[at]),
      extrapolated_by: this.reasons,
      low_j: heldOut.doubles('low_j'),
      high_j: heldOut.doubles('high_j'),
    });
    await insert('drawn', {
      combination: drawn.ints('combination'),
      class: drawn.ints('class'),
      draw: drawn.ints('draw'),
      predicted_j: drawn.doubles('predicted_j'),
      latency_s: drawn.doubles('latency_s'),
      alpha: drawn.doubles('alpha'),
    });
    await insert('draw_seeds', { draw: Int32Array.from(this.seeds, (_, i) => i), seed: Int32Array.from(this.seeds) });
    await insert('class_of', { node: Int32Array.from(forest.classOf, (_, i) => i), class: forest.classOf });
  }

  private async insertCombinations(database: Database): Promise<void> {
    const { setting, leafSetting, ownFeatures } = this.entry;
    await database.run(
      `CREATE TEMP TABLE combinations (combination INTEGER, predictor VARCHAR, features VARCHAR, variant VARCHAR,
       split VARCHAR, setting VARCHAR, leaf_setting VARCHAR, weighs BOOLEAN)`,
    );
    for (const [combination, fits] of this.combinations.entries()) {
      // What was made for its own features has the setting of the list.
      const scaler = fits.folds[0].shared.find(({ name }) => name.endsWith('/mean'));
      const columns = ownFeatures || !scaler ? null : scaler.terms;
      const inSetting = (of: Setting) => (columns ? settingOf(of, columns) : of);
      await database.run(
        'INSERT INTO combinations VALUES ($combination, $predictor, $features, $variant, $split, $setting, $leaf_setting, $weighs)',
        {
          combination,
          predictor: this.name,
          features: fits.features,
          variant: fits.variant,
          split: fits.split,
          setting: inSetting(setting),
          leaf_setting: leafSetting ? inSetting(leafSetting) : null,
          weighs: this.weighs,
        },
      );
    }
  }
}
