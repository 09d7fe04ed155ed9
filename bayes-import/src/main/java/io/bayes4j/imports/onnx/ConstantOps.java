package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.imports.onnx.Value.Lengths;
import io.bayes4j.layers.Dropout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import onnx.OnnxMl.TensorProto;

/** Constants, arithmetic of shapes, and operators that do nothing in a prediction. */
final class ConstantOps {
  private static final int MOST_STEPS = 4096;

  private ConstantOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("Identity", (node, scope) -> scope.get(node.input(0)));
    all.put("Cast", ConstantOps::cast);
    all.put("Dropout", ConstantOps::dropout);
    all.put("Constant", ConstantOps::constant);
    all.put("ConstantOfShape", ConstantOps::constantOfShape);
    all.put("Shape", ConstantOps::shape);
    all.put("Size", (node, scope) -> length(Dim.product(scope.get(node.input(0)).dims())));
    all.put("Range", ConstantOps::range);
    all.put("Mod", (node, scope) -> compared(node, scope, ConstantOps::remainder));
    all.put("Trilu", Choices::triangle);
    all.put("ReduceProd", ConstantOps::product);
  }

  private static Lengths length(Dim dim) {
    return new Lengths(List.of(dim), true);
  }

  private static Value cast(OpNode node, Scope scope) {
    Value value = scope.get(node.input(0));
    Optional<Type> to = Type.of(Math.toIntExact(node.number("to", 1)));
    boolean whole = to.isEmpty() || to.get().integer;
    boolean bool = to.equals(Optional.of(Type.BOOL));
    if (value instanceof Computed computed) {
      if (bool) {
        return scope.graph.isFlags(computed.node()) ? value : FlagOps.notZero(node, scope, value);
      }
      if (whole && !scope.isInput(computed) && !scope.graph.isFlags(computed.node())) {
        throw new IllegalArgumentException("rounds numbers that depend on the input");
      }
      return value;
    }
    if (value instanceof Constant constant && constant.tensor().integer() != whole) {
      Value flags = bool ? FlagOps.notZero(node, scope, value) : value;
      return new Constant(((Constant) flags).tensor().as(whole));
    }
    return value;
  }

  /** Kept, though it does nothing in a prediction: it drops in training, and in its samples. */
  private static Value dropout(OpNode node, Scope scope) {
    if (node.outputs().size() > 1 && scope.isRead(node.outputs().get(1))) {
      throw new IllegalArgumentException("hands out its mask");
    }
    double share =
        scope.opset < 12
            ? node.real("ratio", 0.5)
            : scope.optional(node, 1).map(Tensor::number).orElse(0.5f);
    Value value = scope.get(node.input(0));
    return share > 0 && value instanceof Computed
        ? scope.graph.add(scope.label(node), new Dropout(share), value, value.dims())
        : value;
  }

  private static Value constant(OpNode node, Scope scope) {
    if (node.has("value_float")) {
      float number = (float) node.real("value_float", 0);
      return new Constant(Tensor.ofFloats(() -> new float[] {number}));
    }
    if (node.has("value_int")) {
      long number = node.number("value_int", 0);
      return new Constant(Tensor.ofLongs(() -> new long[] {number}));
    }
    if (node.has("value_floats")) {
      float[] numbers = node.requireReals("value_floats");
      return new Constant(Tensor.ofFloats(() -> numbers, numbers.length));
    }
    if (node.has("value_ints")) {
      long[] numbers = node.requireNumbers("value_ints");
      return new Constant(Tensor.ofLongs(() -> numbers, numbers.length));
    }
    if (node.has("value")) {
      return new Constant(scope.tensor(node.attribute("value").getT()));
    }
    throw new IllegalArgumentException("holds no array of numbers");
  }

  private static Value constantOfShape(OpNode node, Scope scope) {
    List<Dim> shape = scope.requireLengths(node, 0);
    double number = 0;
    if (node.has("value")) {
      TensorProto proto = node.attribute("value").getT();
      number = scope.tensor(proto).number();
    }
    return new Filled(number, shape);
  }

  private static Value shape(OpNode node, Scope scope) {
    List<Dim> dims = scope.get(node.input(0)).dims();
    int from = clamp(node.number("start", 0), dims.size());
    int to = clamp(node.number("end", dims.size()), dims.size());
    return new Lengths(dims.subList(from, Math.max(from, to)), false);
  }

  private static int clamp(long axis, int rank) {
    return (int) Math.max(0, Math.min(rank, axis < 0 ? axis + rank : axis));
  }

  private static Value range(OpNode node, Scope scope) {
    Tensor start = scope.constant(node, 0);
    Tensor limit = scope.constant(node, 1);
    Tensor delta = scope.constant(node, 2);
    double count = Math.ceil((limit.number() - start.number()) / (double) delta.number());
    if (!(count >= 0 && count <= MOST_STEPS)) {
      throw new IllegalArgumentException("counts " + count + " steps");
    }
    float[] numbers = new float[(int) count];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = start.number() + i * delta.number();
    }
    Tensor all = Tensor.ofFloats(() -> numbers, numbers.length);
    return new Constant(start.integer() ? Tensor.ofLongs(all::longs, numbers.length) : all);
  }

  /** A function of two vectors of lengths; one of them may be a single number. */
  static Lengths compared(OpNode node, Scope scope, BinaryOperator<Dim> function) {
    Lengths a = lengths(node, scope, 0);
    Lengths b = lengths(node, scope, 1);
    return zip(a, b, function);
  }

  static Lengths zip(Lengths a, Lengths b, BinaryOperator<Dim> function) {
    int n = Math.max(a.numbers().size(), b.numbers().size());
    List<Dim> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(function.apply(at(a, i, n), at(b, i, n)));
    }
    return new Lengths(all, a.scalar() && b.scalar());
  }

  private static Dim at(Lengths lengths, int i, int n) {
    int size = lengths.numbers().size();
    if (size != 1 && size != n) {
      throw new IllegalArgumentException("reads " + size + " and " + n + " numbers");
    }
    return lengths.numbers().get(size == 1 ? 0 : i);
  }

  static Lengths lengths(OpNode node, Scope scope, int i) {
    Optional<Lengths> lengths = scope.lengths(scope.get(node.input(i)));
    return lengths.orElseThrow(
        () ->
            new IllegalArgumentException(
                "can be imported for whole numbers that follow from shapes alone"));
  }

  private static Dim remainder(Dim a, Dim b) {
    return a.equals(Dim.of(0)) ? a : Dim.of(Math.floorMod(a.value(), b.value()));
  }

  private static Value product(OpNode node, Scope scope) {
    return length(Dim.product(lengths(node, scope, 0).numbers()));
  }
}
