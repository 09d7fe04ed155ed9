package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.ProtoWriter.number;
import static io.bayes4j.imports.onnx.ProtoWriter.numbers;

import io.bayes4j.layers.AttentionSpec;
import java.util.List;
import java.util.function.BinaryOperator;

/** Self-attention as products of matrices: opset 17 has no operator of it. */
final class ExportAttention {
  private ExportAttention() {}

  /**
   * What goes into the last projection.
   *
   * @param x name of the array [N, T, units]
   * @param part writes a part of the layer by its name, on a value
   */
  static String write(AttentionSpec spec, ProtoWriter out, String x, BinaryOperator<String> part) {
    String queries = heads(spec, out, part.apply("q_proj", x), 0, 2, 1, 3);
    String keys = heads(spec, out, part.apply("k_proj", x), 0, 2, 3, 1);
    String values = heads(spec, out, part.apply("v_proj", x), 0, 2, 1, 3);
    String factor = out.number(1 / Math.sqrt((double) spec.unitsPerHead()));
    String scaled = out.op("Mul", List.of(queries, factor));
    String scores = out.op("MatMul", List.of(scaled, keys));
    String weights = part.apply("dropout", out.op("Softmax", scores, number("axis", -1)));
    String mixed = out.op("MatMul", List.of(weights, values));
    String turned = out.op("Transpose", mixed, numbers("perm", 0, 2, 1, 3));
    return out.op("Reshape", List.of(turned, out.longs("joined", 0, 0, spec.units())));
  }

  /** [N, T, units] as [N, T, heads, unitsPerHead], with its axes in another order. */
  private static String heads(AttentionSpec spec, ProtoWriter out, String x, long... order) {
    String shape = out.longs("heads", 0, 0, spec.heads(), spec.unitsPerHead());
    return out.op("Transpose", out.op("Reshape", List.of(x, shape)), numbers("perm", order));
  }
}
