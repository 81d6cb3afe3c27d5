/** A comparison on a terminal: the choices, what cannot be told apart, and where the differences come from. */
import { alignColumns } from '../../pipeline/terminal.js';
import { abridged } from '../../pipeline/abridged.js';
import type { DifferencePart } from '../energy/prediction/difference.js';
import { roles } from '../energy/prediction/difference_roles.js';
import { settingInWords } from '../energy/prediction/settings.js';
import type { ComparedChoice, Comparison, Overlap } from './compare_choices.js';
import { intervalClaims, partTable, rangeText, shownParts, signedEnergy, signedPct } from './compare_difference.js';
import { costText, energyText, headingOf, intervalText, kwhText, latencyText, leadOf } from './figures.js';

/** As many pairs are named; of more, how many there are. */
const pairsNamed = 12;

type Column = readonly [title: string, cell: (choice: ComparedChoice) => string, isNumber: boolean];

const distinct = (choices: readonly ComparedChoice[], of: (choice: ComparedChoice) => string): boolean =>
  new Set(choices.map(of)).size > 1;

const sizeOf = ({ tree }: ComparedChoice): string => `${tree.batchSize} × ${tree.length}`;
const benchOf = ({ tree }: ComparedChoice): string => tree.bench;

const perMillion = 'per million';

/** What all choices share stands in the line above; what tells them apart has a column. */
function columnsOf({ choices, per }: Comparison): Column[] {
  const energy = ({ energyJ, lowJ, highJ, tree }: ComparedChoice) =>
    intervalText({ wallJ: energyJ, lowJ, highJ }, tree.coverage);
  const of = (title: string): string => headingOf(choices[0].tree, title);
  const mark = ({ tree }: ComparedChoice): string => (tree.root.extrapolatedBy === null ? '' : ' *');
  const columns: (Column | false)[] = [
    ['', ({ number }) => String(number), true],
    ['model', ({ tree }) => tree.model, false],
    distinct(choices, benchOf) && ['on', benchOf, false],
    distinct(choices, sizeOf) && ['batch × length', sizeOf, false],
    [of(per === 'batch' ? 'J a batch' : 'J an input'), (choice) => energy(choice).value + mark(choice), true],
    ['interval', (choice) => energy(choice).interval, false],
    ['latency', ({ tree }) => latencyText(tree.root.latencyS), true],
    [of(perMillion), ({ tree }) => kwhText(tree), true],
    choices.some(({ accuracyPct }) => accuracyPct !== null) && [
      'accuracy',
      ({ accuracyPct }) => (accuracyPct === null ? '–' : `${accuracyPct} %`),
      true,
    ],
    choices.some(({ judged }) => judged !== null) && [
      'front',
      ({ judged }) => (judged === null ? '–' : judged.standing),
      false,
    ],
    ['setting', ({ tree }) => tree.setting, false],
  ];
  return columns.filter((column) => column !== false);
}

function choiceTable(comparison: Comparison, price: number): string {
  const columns = columnsOf(comparison);
  const of = (title: string): string => headingOf(comparison.choices[0].tree, title);
  const cost: Column = [of('cost'), ({ tree }) => costText(tree, price), true];
  columns.splice(columns.findIndex(([title]) => title === of(perMillion)) + 1, 0, cost);
  const rows = comparison.choices.map((choice) => columns.map(([, cell]) => cell(choice)));
  const right = new Set(columns.flatMap(([, , isNumber], i) => (isNumber ? [i] : [])));
  return alignColumns([columns.map(([title]) => title), ...rows], right);
}

/** What is the same for all, and what the setting means. */
export function sharedLine({ choices }: Comparison): string {
  const [first] = choices;
  const { bench, source, batchSize, length, setting, clockMhz } = first.tree;
  const shared = [
    ...(distinct(choices, benchOf) ? [] : [`on ${bench} (${source})`]),
    ...(distinct(choices, sizeOf) ? [] : [`batch size ${batchSize}, length ${length}`]),
    settingInWords(setting, clockMhz),
  ];
  return leadOf(first.tree) + shared.join('; ');
}

const pairText = ({ numbers: [a, b] }: Overlap): string => `${a} and ${b}`;

/** What may and what may not be concluded. */
function verdicts({ choices, overlaps }: Comparison): string[] {
  if (choices.length < 2) return [];
  if (overlaps === null)
    return ['No intervals are fitted on this bench: it cannot be said which choices are told apart.'];
  const percent = Math.round(100 * (choices.find(({ tree }) => tree.coverage !== null)?.tree.coverage ?? 0));
  const parted = overlaps.filter(({ modulesTellApart }) => modulesTellApart);
  const open = overlaps.filter(({ modulesTellApart }) => !modulesTellApart);
  return [
    open.length > 0
      ? `Cannot be told apart, their ${percent} % intervals overlap: ${abridged(open.map(pairText), pairsNamed)}`
      : `All ${choices.length} are told apart${parted.length > 0 ? '' : `: no two ${percent} % intervals overlap`}`,
    ...(parted.length > 0
      ? [
          `Told apart only by the modules that differ, though their intervals overlap: ${abridged(parted.map(pairText), pairsNamed)}`,
        ]
      : []),
  ];
}

/** What the column `front` says. */
function frontLines({ choices }: Comparison): string[] {
  const judged = choices.filter(({ judged }) => judged !== null);
  if (judged.length === 0) return [];
  const of = (standing: string): string =>
    judged.filter((one) => one.judged!.standing === standing).map(({ number }) => number).join(', '); // prettier-ignore
  return [
    `Pareto front (accuracies taken as exact): on it ${of('on') || 'none for sure'}${of('open') ? `; the intervals leave ${of('open')} open` : ''}`,
    ...(judged.length < choices.length
      ? [`${choices.length - judged.length} without an accuracy have no place on it`]
      : []),
  ];
}

type ShownRole = DifferencePart['role'];

/** The roles of all parts that are shown, the residual last. */
function rolesIn(parts: readonly DifferencePart[]): ShownRole[] {
  const found = new Set(parts.map(({ role }) => role));
  return [...roles, 'between modules' as const].filter((role) => found.has(role));
}

/** Every other choice against the first, by what its modules do. */
function differenceTable({ choices, per }: Comparison): string[] {
  const [first, ...others] = choices;
  const shown = others.map(({ difference }) => shownParts(difference!));
  const columns = rolesIn(shown.flat());
  const paired = others.some(({ difference: one }) => rangeText(one!.interval) !== rangeText(one!.paired));
  const rows = others.map(({ number, difference, energyJ }, i) => [
    String(number),
    signedEnergy(difference!.differenceJ, energyJ),
    signedPct(difference!.differencePct),
    rangeText(difference!.interval),
    ...(paired ? [rangeText(difference!.paired)] : []),
    ...columns.map((role) => {
      const ofRole = shown[i].filter((part) => part.role === role);
      return signedEnergy(ofRole.reduce((sum, { differenceJ }) => sum + differenceJ, 0), energyJ); // prettier-ignore
    }),
  ]);
  const heads = ['', 'difference', '', 'interval', ...(paired ? ['common work cancelled'] : []), ...columns];
  return [
    `${leadOf(first.tree)}Against 1 ${first.tree.model} (${energyText(first.energyJ)} ${per === 'batch' ? 'a batch' : 'an input'}, ${first.tree.setting}), by module:`,
    alignColumns([heads, ...rows], new Set([0, 1, 2, ...columns.map((_, i) => heads.length - 1 - i)])),
  ];
}

export function compareText(comparison: Comparison, price: number): string[] {
  const { choices } = comparison;
  const lines = [sharedLine(comparison), '', choiceTable(comparison, price), '', ...frontLines(comparison), ...verdicts(comparison)]; // prettier-ignore
  if (choices.length === 1) return lines;
  const claims = choices[0].tree.coverage === null ? [] : ['', ...intervalClaims(choices[0].tree.coverage)];
  if (choices.length > 2) return [...lines, '', ...differenceTable(comparison), ...claims];
  const { difference, number } = choices[1];
  const more = `${number} less 1: ${signedEnergy(difference!.differenceJ)} (${signedPct(difference!.differencePct)}), ${rangeText(difference!.interval)}`;
  return [...lines, '', more, '', partTable(difference!, ['1', '2']), ...claims];
}
