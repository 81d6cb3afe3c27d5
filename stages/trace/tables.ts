/** What `trace` writes: the model trees and their operators, from shapes alone. Counts are plain numbers. */
import { boolean, int32, int64, nullable, string, table } from '../../pipeline/table.js';

export const nodes = table(
  'nodes',
  'one node of a model tree for one workload, in depth-first order, the root first',
  {
    model: string('name of the model configuration'),
    batch_size: int32('inputs in a batch'),
    length: int32('tokens of an input'),
    node_id: int32('position in depth-first order, 0 for the root; unique within a workload'),
    parent_id: nullable(int32('node_id of the parent; absent for the root and for nodes whose tree does not exist')),
    scope: string("module path without ModuleList names; empty for the root; a function has its caller's path"),
    type: string('class of the module, or MatMul or Softmax; for the root the class of the model'),
    level: string('ml (primitive), module or model'),
    depth: int32('1 for the root'),
    num_parameters: int64('parameters of the module and all below it'),
    shapes: string('shapes of what the node takes in, weights included'),
    flops: int64('floating-point operations, counted as the authors did'),
    mem_bytes: int64('bytes read and written, counted as the authors did'),
    signature: string('the true computation: type, shapes, dtype, parameters'),
    measurement_id: string('the measurement that stands for this node on this bench'),
    measured: boolean('whether that measurement is wanted: trace.measure may leave nodes out'),
  },
  ['model', 'batch_size', 'length', 'node_id'],
);

export const operators = table(
  'operators',
  'one operator that a node runs itself, not through a child, in order of execution',
  {
    model: string('name of the model configuration'),
    batch_size: int32('inputs in a batch'),
    length: int32('tokens of an input'),
    node_id: int32('the node that runs it'),
    position: int32('order within the node'),
    operator: string('name as in PyTorch (add, matmul, softmax, contiguous, …)'),
    inputs: string('shapes of its tensor inputs, e.g. (8,32,768)(768,3072)'),
    output: string('shape of its output'),
    dtype: string('element type'),
    flops: int64('floating-point operations, counted as the authors did'),
    mem_bytes: int64('bytes read and written, counted as the authors did'),
    moved_bytes: int64('bytes that its kernel really reads and writes, 0 for a view'),
    kernels: int32('kernels it launches: 0 for a view, else 1'),
  },
  ['model', 'batch_size', 'length', 'node_id', 'position'],
);
