/** Collects the rows of `nodes` and `operators`, column by column. */
import type { Table } from 'apache-arrow';
import { fromColumns } from '../../pipeline/rows.js';
import { measurementId, type Cell } from '../energy/benches/bench.js';
import type { TreeNode } from '../energy/tree/build.js';
import { isMeasured } from '../energy/tree/measured.js';
import { shapesText, shapeText } from '../energy/tree/tensor.js';
import { nodes, operators } from './tables.js';

/** One array for each of the named columns. */
function arrays<Numbers extends string, Texts extends string>(numbers: readonly Numbers[], texts: readonly Texts[]) {
  return {
    numbers: Object.fromEntries(numbers.map((name) => [name, []])) as unknown as Record<Numbers, number[]>,
    texts: Object.fromEntries(texts.map((name) => [name, []])) as unknown as Record<Texts, string[]>,
  };
}

const int32 = (values: readonly number[]): Int32Array => Int32Array.from(values);
const int64 = (values: readonly number[]): BigInt64Array => BigInt64Array.from(values, BigInt);

export class NodeRows {
  private readonly columns = arrays(
    ['batch_size', 'length', 'node_id', 'depth', 'num_parameters', 'flops', 'mem_bytes'],
    ['scope', 'type', 'level', 'shapes', 'signature', 'measurement_id'],
  );
  private readonly parents: (number | null)[] = [];
  private readonly measured = new Set<string>();

  /** Live, what is measured is a signature; in the published data it is what has equal type and counts (METHODS 2). */
  constructor(
    private readonly model: string,
    private readonly about: { readonly bySignature?: boolean; readonly measure?: readonly string[] } = {},
  ) {}

  add(node: TreeNode, { batch_size, length }: Cell): void {
    const { numbers, texts } = this.columns;
    numbers.batch_size.push(batch_size);
    numbers.length.push(length);
    numbers.node_id.push(node.id);
    numbers.depth.push(node.depth);
    numbers.num_parameters.push(node.parameters);
    numbers.flops.push(node.flops);
    numbers.mem_bytes.push(node.memBytes);
    texts.scope.push(node.scope);
    texts.type.push(node.type);
    texts.level.push(node.level);
    texts.shapes.push(shapesText(node.inputs));
    texts.signature.push(node.signature);
    const { bySignature, measure } = this.about;
    const id = bySignature
      ? `${this.model}/${node.signature}`
      : measurementId(this.model, batch_size, length, node.type, node.flops, node.memBytes);
    texts.measurement_id.push(id);
    if (isMeasured(node, measure)) this.measured.add(id);
    this.parents.push(node.parent);
  }

  table(): Table {
    const { numbers, texts } = this.columns;
    return fromColumns(nodes, {
      model: numbers.node_id.map(() => this.model),
      batch_size: int32(numbers.batch_size),
      length: int32(numbers.length),
      node_id: int32(numbers.node_id),
      parent_id: this.parents,
      ...texts,
      measured: texts.measurement_id.map((id) => this.measured.has(id)),
      depth: int32(numbers.depth),
      num_parameters: int64(numbers.num_parameters),
      flops: int64(numbers.flops),
      mem_bytes: int64(numbers.mem_bytes),
    });
  }
}

export class OperatorRows {
  private readonly columns = arrays(
    ['batch_size', 'length', 'node_id', 'position', 'flops', 'mem_bytes', 'moved_bytes', 'kernels'],
    ['operator', 'inputs', 'output', 'dtype'],
  );

  constructor(private readonly model: string) {}

  add(node: TreeNode, { batch_size, length }: Cell): void {
    const { numbers, texts } = this.columns;
    node.operators.forEach(({ operator, inputs, output, flops, memBytes, movedBytes, kernels }, position) => {
      numbers.batch_size.push(batch_size);
      numbers.length.push(length);
      numbers.node_id.push(node.id);
      numbers.position.push(position);
      numbers.flops.push(flops);
      numbers.mem_bytes.push(memBytes);
      numbers.moved_bytes.push(movedBytes);
      numbers.kernels.push(kernels);
      texts.operator.push(operator);
      texts.inputs.push(shapesText(inputs));
      texts.output.push(shapeText(output));
      texts.dtype.push(output.dtype);
    });
  }

  table(): Table {
    const { numbers, texts } = this.columns;
    return fromColumns(operators, {
      model: numbers.node_id.map(() => this.model),
      batch_size: int32(numbers.batch_size),
      length: int32(numbers.length),
      node_id: int32(numbers.node_id),
      position: int32(numbers.position),
      ...texts,
      flops: int64(numbers.flops),
      mem_bytes: int64(numbers.mem_bytes),
      moved_bytes: int64(numbers.moved_bytes),
      kernels: int32(numbers.kernels),
    });
  }
}
