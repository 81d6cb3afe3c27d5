/** The configuration that `pipeline init` writes for a beginner: it runs in seconds, and says what to change. */

/** What is tried and changed first is written out; what it leaves out has the defaults that `configs/pc1.yaml` spells out. */
export const starterText = (
  name: string,
): string => `# ${name}: every stage once, in seconds, on a simulated machine. To be changed: each line says to what.
# Run it:          pipeline run configs/${name}.yaml       then open reports/${name}/index.html
# What is stale:   pipeline status configs/${name}.yaml    and why: pipeline explain configs/${name}.yaml
run: ${name}                       # names data/runs/${name} and reports/${name}

bench:
  source: [twin]                   # the simulated PC1. [published, twin]: the paper's measurements where their files are;
  device: device_1                 # [logs]: your own power and resource logs; a meter and a GPU: pipeline init --bench

trace:
  models: [bert-base-uncased, distilbert-base-uncased, gpt2]   # pipeline list models has more; any PyTorch code too
  batch_sizes: [8, 16]
  lengths: [32, 128]               # tokens

profile:
  round: 20 s                      # each measurement is run back to back for so long,
  rounds: 5                        # so often

train:
  predictors: [law, planned, unstructured_ols]   # pipeline list predictors has more; your own: { module: ./mine.js, name: mine }
  seeds: 2                         # of the initial weights, where a predictor draws any; the paper's tables take 20

evaluate:
  splits: [leave_model_out]        # what is predicted was not fitted: models, families, batch sizes or lengths are held out

report:
  price_usd_per_kwh: 0.1319
`;
