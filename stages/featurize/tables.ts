/**
 * What `featurize` writes: a row for each node, with Table 1's features and the measured wall energy. What was not to be
 * measured of a tree (`trace.measure`) has its counts alone.
 */
import { double, int32, int64, nullable, string, table } from '../../pipeline/table.js';

export const features = table(
  'features',
  'one node of a model tree for one workload, with its features and its measured energy',
  {
    model: string('name of the model configuration'),
    batch_size: int32('inputs in a batch'),
    length: int32('tokens of an input'),
    node_id: int32('position in depth-first order; unique within a workload'),
    parent_id: nullable(int32('node_id of the parent')),
    scope: string('module path without ModuleList names'),
    type: string('class of the module, or MatMul or Softmax'),
    level: string('ml, module or model'),
    measurement_id: string('the measurement that stands for this node'),
    num_parameters: int64('parameters of the module and all below it'),
    input_size: int64('batch_size · length'),
    flops_million: double('floating-point operations', '10⁶'),
    mem_mib: double('memory read and written', 'MiB'),
    cpu_pct: nullable(double('CPU utilisation', '%')),
    mem_pct: nullable(double('memory in use', '%')),
    gpu_pct: nullable(double('GPU utilisation', '%')),
    gpu_mem_pct: nullable(double("utilisation of the GPU's memory controller", '%')),
    gpu_clk_mhz: nullable(double('clock of the streaming multiprocessors', 'MHz')),
    gpu_mem_clk_mhz: nullable(double("clock of the GPU's memory", 'MHz')),
    latency_s: nullable(double('time of one run', 's')),
    gpu_j: nullable(
      double('GPU energy of one run as its driver tells; absent, like all the GPU has, without one', 'J'),
    ),
    wall_j: nullable(double('wall energy of one run: the ground truth; absent without a meter', 'J')),
    wall_sd_j: nullable(double('standard deviation of wall_j over the rounds', 'J')),
    wall_u_j: nullable(double('standard uncertainty of wall_j: of the mean, and of the meter where stated', 'J')),
    rounds: nullable(int32('rounds the means rest on')),
  },
  ['model', 'batch_size', 'length', 'node_id'],
);
