package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.MatMul;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Dense layers and products of matrices. */
final class DenseOps {
  private DenseOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("MatMul", DenseOps::matmul);
    all.put("Gemm", DenseOps::gemm);
  }

  private static Value matmul(OpNode node, Scope scope) {
    Value a = scope.get(node.input(0));
    Value b = scope.get(node.input(1));
    if (a instanceof Computed x && b instanceof Computed y) {
      return product(node, scope, x, y);
    }
    if (!(a instanceof Computed x)) {
      if (a instanceof Filled filled && filled.number() == 0) {
        return zeros(filled.shape(), b.dims());
      }
      if (b instanceof Computed) {
        throw new IllegalArgumentException("multiplies a constant by what depends on the input");
      }
      List<Constant> both =
          List.of(
              new Constant(scope.constant(a, "input 0")),
              new Constant(scope.constant(b, "input 1")));
      return scope.graph.join(scope.label(node), new MatMul(), both, shape(a.dims(), b.dims()));
    }
    Tensor weight = scope.constant(b, "input 1");
    if (weight.rank() != 2 || x.rank() < 2) {
      throw new IllegalArgumentException(
          "multiplies by a constant of shape " + Dim.text(Dim.shape(weight.shape())));
    }
    Optional<Tensor> bias = biasAfter(node, scope, weight.size(1));
    return linear(node, scope, x, weight.permuted(1, 0), bias);
  }

  /** What a state of zeros gives, with which unrolled recurrent layers begin. */
  private static Value zeros(List<Dim> a, List<Dim> b) {
    int last = a.size() - 1;
    if (a.size() < 2 || b.size() != 2 || !a.get(last).equals(b.get(0))) {
      throw new IllegalArgumentException(
          "multiplies arrays of shapes " + Dim.text(a) + " and " + Dim.text(b));
    }
    List<Dim> shape = new ArrayList<>(a);
    shape.set(last, b.get(1));
    return new Filled(0, shape);
  }

  /** The bias, where an addition of one is all that follows: it becomes the layer's. */
  private static Optional<Tensor> biasAfter(OpNode node, Scope scope, long units) {
    Optional<OpNode> next = scope.onlyReader(node.output());
    if (next.isEmpty() || !next.get().type().equals("Add")) {
      return Optional.empty();
    }
    OpNode add = next.get();
    String other = add.input(add.input(0).equals(node.output()) ? 1 : 0);
    if (!scope.knows(other) || !(scope.get(other) instanceof Constant constant)) {
      return Optional.empty();
    }
    Tensor bias = constant.tensor();
    boolean fits =
        bias.length() == units
            && bias.rank() > 0
            && bias.size(bias.rank() - 1) == units
            && bias.rank() <= scope.get(node.input(0)).dims().size();
    if (!fits) {
      return Optional.empty();
    }
    scope.skip(add, node.output());
    return Optional.of(bias);
  }

  /**
   * A dense layer.
   *
   * @param weight [units, inputs]
   */
  private static Value linear(
      OpNode node, Scope scope, Computed x, Tensor weight, Optional<Tensor> bias) {
    Dim last = x.shape().get(x.rank() - 1);
    if (!last.equals(Dim.of(weight.size(1)))) {
      throw new IllegalArgumentException(
          "multiplies " + Dim.text(x.shape()) + " by a weight for " + weight.size(1) + " features");
    }
    long units = weight.size(0);
    List<Tensor> arrays = Stream.concat(Stream.of(weight), bias.stream()).toList();
    Layer layer =
        scope.sharing.layer(
            Linear.class,
            arrays,
            () -> {
              Init given = Init.given(weight.array(), bias.map(tensor -> tensor.array(units)));
              return new Linear(weight.size(1), units, bias.isPresent(), given);
            });
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(x.rank() - 1, Dim.of(units));
    return scope.graph.add(scope.label(node), layer, x, shape);
  }

  private static List<Dim> shape(List<Dim> a, List<Dim> b) {
    if (a.size() < 2 || a.size() != b.size()) {
      throw new IllegalArgumentException(
          "multiplies arrays of shapes " + Dim.text(a) + " and " + Dim.text(b));
    }
    int rank = a.size();
    if (!a.subList(0, rank - 2).equals(b.subList(0, rank - 2))) {
      throw new IllegalArgumentException(
          "multiplies stacks of different matrices, " + Dim.text(a) + " and " + Dim.text(b));
    }
    List<Dim> shape = new ArrayList<>(a);
    shape.set(rank - 1, b.get(rank - 1));
    return shape;
  }

  private static Value product(OpNode node, Scope scope, Computed x, Computed y) {
    return scope.graph.join(
        scope.label(node), new MatMul(), List.of(x, y), shape(x.shape(), y.shape()));
  }

  private static Value gemm(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    Value right = scope.get(node.input(1));
    double alpha = node.real("alpha", 1);
    double beta = node.real("beta", 1);
    boolean transposed = node.number("transB", 0) != 0;
    if (node.number("transA", 0) != 0 || x.rank() != 2) {
      throw new IllegalArgumentException("multiplies the transpose of what depends on the input");
    }
    if (right instanceof Computed y) {
      return gemmOfComputed(node, scope, x, y, transposed, alpha, beta);
    }
    Tensor b = scope.constant(right, "input 1");
    if (b.rank() != 2) {
      throw new IllegalArgumentException("multiplies by a constant that is no matrix");
    }
    Tensor weight = scaled(transposed ? b : b.permuted(1, 0), alpha);
    Optional<Tensor> bias =
        scope.optional(node, 2).map(c -> scaled(repeated(c, weight.size(0)), beta));
    return linear(node, scope, x, weight, bias);
  }

  private static Value gemmOfComputed(
      OpNode node,
      Scope scope,
      Computed x,
      Computed y,
      boolean transposed,
      double alpha,
      double beta) {
    String label = scope.label(node);
    Computed right = transposed ? (Computed) scope.graph.permute(label, y, 1, 0) : y;
    Value result = scope.graph.scaled(label, product(node, scope, x, right), alpha, 0);
    if (node.input(2).isEmpty()) {
      return result;
    }
    if (beta != 1 || !(scope.get(node.input(2)) instanceof Computed c)) {
      throw new IllegalArgumentException("adds a constant to a product of what is computed");
    }
    return scope.graph.join(label, Arithmetic.ADD, List.of(result, c), result.dims());
  }

  private static Tensor scaled(Tensor tensor, double factor) {
    if (factor == 1) {
      return tensor;
    }
    return Tensor.ofFloats(
            () -> {
              float[] all = tensor.floats().clone();
              for (int i = 0; i < all.length; i++) {
                all[i] *= (float) factor;
              }
              return all;
            },
            tensor.shape())
        .madeOf(tensor, factor);
  }

  private static Tensor repeated(Tensor bias, long units) {
    if (bias.length() == units) {
      return bias.reshaped(units);
    }
    float one = bias.number();
    return Tensor.ofFloats(() -> Type.floats((int) units, i -> one), units).madeOf(bias, units);
  }
}
