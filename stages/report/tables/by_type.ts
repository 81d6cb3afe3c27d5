/** Which primitives are predicted badly: the error of each type, predictor by predictor. */
import { absentPredictorsNote, methodCells, methodColumns, settingAt, type Method, type Methods } from '../methods.js';
import { isOfPaper } from '../names.js';
import type { Output } from '../output.js';

const level = 'ml';

/** Predictors with primitives of their own: the paper's share theirs, the first of them stands for all. */
function withOwnPrimitives(methods: Methods): Method[] {
  const seen = new Set<string>();
  return methods.all.flatMap((method) => {
    const row = methods.row(method, { level });
    const shared = isOfPaper(method.predictor) ? `paper ${method.features}` : `${method.predictor} ${method.features}`;
    if (!row || seen.has(shared)) return [];
    seen.add(shared);
    return [settingAt(method, row.setting)];
  });
}

export const byType: Output = {
  id: 'by_type',
  title: 'Error by primitive',
  caption: 'Mean error in % of the primitives of each type, each model held out in turn.',
  reads: ['errors'],
  paper: [],
  async build(context) {
    const methods = await context.methods();
    const prefix = 'type:';
    const types = methods.groups(level).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
    const shown = withOwnPrimitives(methods);
    return {
      columns: [
        ...methodColumns,
        ...['all', ...types].map((name) => ({
          name,
          title: name === 'all' ? 'All' : name,
          unit: '%',
          decimals: 2,
        })),
      ],
      rows: shown.map((method) => ({
        ...methodCells(method),
        all: methods.cell(method, { level }),
        ...Object.fromEntries(types.map((type) => [type, methods.cell(method, { level, model: prefix + type })])),
      })),
      notes: [
        'The setting is that of the primitives: those of S1b and S2 are known. The paper’s predictors have the same regressors of primitives, one line stands for them.',
        `Nodes of a type: ${types.map((type) => `${type} ${shown[0] ? (methods.row(shown[0], { level, model: prefix + type })?.n ?? 0) : 0}`).join(', ')}.`,
        ...absentPredictorsNote(methods),
      ],
    };
  },
};
