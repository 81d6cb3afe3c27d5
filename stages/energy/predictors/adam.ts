/** Adam as torch.optim.Adam computes it (Kingma and Ba 2015, its default constants). */

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export class Adam {
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  /** Powers of the decay rates, by the steps taken: products, since `**` differs between versions of Node. */
  private beta1Power = 1;
  private beta2Power = 1;

  constructor(
    private readonly weights: Float64Array,
    private readonly learningRate: number,
  ) {
    this.first = new Float64Array(weights.length);
    this.second = new Float64Array(weights.length);
  }

  /** Moves the weights, in place, by one step along `gradient`. */
  step(gradient: Float64Array): void {
    const { weights, first, second } = this;
    this.beta1Power *= beta1;
    this.beta2Power *= beta2;
    const rate = this.learningRate / (1 - this.beta1Power);
    const unbias = 1 / Math.sqrt(1 - this.beta2Power);
    for (let i = 0; i < weights.length; i++) {
      const g = gradient[i];
      const m = beta1 * first[i] + (1 - beta1) * g;
      const v = beta2 * second[i] + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      weights[i] -= (rate * m) / (Math.sqrt(v) * unbias + epsilon);
    }
  }
}
