/** What a node's energy is made of: the named terms of a predictor's explanation, those of its children included. */
import type { Forest } from '../predictors/forest.js';
import type { Summand } from '../predictors/predictor.js';

/** A summand of a node's energy, J: η times its GPU energy, the rest of the machine, its launches, … */
export interface EnergyPart {
  readonly name: string;
  readonly wallJ: number;
}

/** Where a child's own terms do not give what it adds, by this part of it, it is a term itself: it was measured. */
const agreement = 1e-6;

type Terms = ReadonlyMap<string, number>;

export class EnergyParts {
  private readonly known = new Map<number, Terms>();

  constructor(
    private readonly forest: Forest,
    private readonly explain: (node: number) => readonly Summand[],
  ) {}

  /** The terms of a class and all below it: they add up to its energy. */
  whole(c: number): EnergyPart[] {
    return partsOf(this.terms(c));
  }

  /** What it adds to its children, term by term: less than nothing where work overlaps. Empty where they lack terms. */
  own(c: number): EnergyPart[] {
    const { childStart, child, copies } = this.forest;
    const own = new Map(this.terms(c));
    for (let e = childStart[c]; e < childStart[c + 1]; e++) add(own, this.terms(child[e]), -copies[e]);
    return [...own.values()].some(Number.isNaN) ? [] : partsOf(own);
  }

  private terms(c: number): Terms {
    const found = this.known.get(c);
    if (found) return found;
    const terms = new Map<string, number>();
    for (const { name, wallJ, child } of this.explain(c)) {
      const below = child ? this.terms(child.node) : null;
      const factor = child ? child.copies * child.alpha : 1;
      const explained = below ? factor * total(below) : NaN;
      if (below && Math.abs(explained - wallJ) <= agreement * Math.abs(wallJ)) add(terms, below, factor);
      else add(terms, new Map([[name, wallJ]]), 1);
    }
    this.known.set(c, terms);
    return terms;
  }
}

const total = (terms: Terms): number => [...terms.values()].reduce((sum, wallJ) => sum + wallJ, 0);

const partsOf = (terms: Terms): EnergyPart[] => [...terms].map(([name, wallJ]) => ({ name, wallJ }));

function add(to: Map<string, number>, terms: Terms, factor: number): void {
  for (const [name, wallJ] of terms) to.set(name, (to.get(name) ?? 0) + factor * wallJ);
}
