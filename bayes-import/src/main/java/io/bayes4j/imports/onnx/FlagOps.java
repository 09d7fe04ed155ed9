package io.bayes4j.imports.onnx;

import io.bayes4j.core.ops.Flags.Relation;
import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.imports.onnx.Value.Lengths;
import io.bayes4j.imports.parts.Choice;
import io.bayes4j.imports.parts.Comparison;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.MultiInputLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Comparisons, and choices by what they say. */
final class FlagOps {
  /** From here on softplus(x) is x as a float. */
  private static final double LARGE = 17;

  private static final Value ZERO = new Constant(Tensor.ofFloats(() -> new float[1]));

  private FlagOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("Equal", FlagOps::equal);
    binary(all, "Less", Relation.LESS);
    binary(all, "LessOrEqual", Relation.LESS_OR_EQUAL);
    binary(all, "Greater", Relation.GREATER);
    binary(all, "GreaterOrEqual", Relation.GREATER_OR_EQUAL);
    binary(all, "And", Relation.AND);
    binary(all, "Or", Relation.OR);
    binary(all, "Xor", Relation.XOR);
    all.put(
        "Not", (node, scope) -> compared(node, scope, Relation.EQUAL, first(node, scope), ZERO));
    all.put("IsNaN", FlagOps::isNaN);
    all.put("Where", FlagOps::where);
  }

  private static void binary(Map<String, Operators.Operator> all, String type, Relation relation) {
    all.put(
        type,
        (node, scope) ->
            compared(node, scope, relation, first(node, scope), scope.get(node.input(1))));
  }

  private static Value first(OpNode node, Scope scope) {
    return scope.get(node.input(0));
  }

  /** Of lengths, that of two axes whatever the number of examples is. */
  private static Value equal(OpNode node, Scope scope) {
    Value a = first(node, scope);
    Value b = scope.get(node.input(1));
    Optional<Lengths> left = scope.lengths(a);
    Optional<Lengths> right = scope.lengths(b);
    return left.isPresent() && right.isPresent()
        ? ConstantOps.zip(left.get(), right.get(), (x, y) -> Dim.of(x.equals(y) ? 1 : 0))
        : compared(node, scope, Relation.EQUAL, a, b);
  }

  /** NaN alone is not what it is. */
  private static Value isNaN(OpNode node, Scope scope) {
    Value x = first(node, scope);
    return compared(node, scope, Relation.NOT_EQUAL, x, x);
  }

  /** Where an array is not zero. */
  static Value notZero(OpNode node, Scope scope, Value x) {
    return compared(node, scope, Relation.NOT_EQUAL, x, ZERO);
  }

  private static Value compared(OpNode node, Scope scope, Relation relation, Value a, Value b) {
    return operation(node, scope, List.of(a, b), all -> new Comparison(relation, all));
  }

  /** An operation on arrays, some of which may be constants. */
  private static Value operation(
      OpNode node,
      Scope scope,
      List<Value> operands,
      Function<List<Optional<INDArray>>, MultiInputLayer> layer) {
    boolean folds = operands.stream().noneMatch(Computed.class::isInstance);
    List<Optional<INDArray>> constants = new ArrayList<>();
    List<Value> inputs = new ArrayList<>();
    List<Dim> shape = List.of();
    List<Dim> made = List.of();
    for (Value operand : operands) {
      Value value = operand instanceof Computed ? operand : constant(scope, operand);
      if (folds || operand instanceof Computed) {
        constants.add(Optional.empty());
        inputs.add(value);
      } else {
        constants.add(Optional.of(((Constant) value).tensor().array()));
        scope.room(value.dims());
      }
      shape = ArithmeticOps.broadcast(shape, operand.dims());
      made = ArithmeticOps.broadcast(made, value.dims());
    }
    if (!folds && !made.equals(shape)) {
      throw new IllegalArgumentException(
          "repeats " + Dim.text(made) + " to " + Dim.text(shape) + " by a constant");
    }
    return scope.graph.join(scope.label(node), layer.apply(constants), inputs, shape);
  }

  /** A constant array; of one number everywhere, that number, which is repeated as is needed. */
  private static Constant constant(Scope scope, Value value) {
    if (value instanceof Filled filled && !Dim.product(filled.shape()).fixed()) {
      return new Constant(Tensor.ofFloats(() -> new float[] {(float) filled.number()}));
    }
    return new Constant(scope.constant(value, "operand"));
  }

  private static Value where(OpNode node, Scope scope) {
    List<Value> three = Stream.of(0, 1, 2).map(i -> scope.get(node.input(i))).toList();
    long computed = three.stream().filter(Computed.class::isInstance).count();
    if (three.get(0) instanceof Computed || computed > 1) {
      return isSoftplus(scope, three) ? three.get(2) : operation(node, scope, three, Choice::new);
    }
    return three.stream().allMatch(value -> scope.lengths(value).isPresent())
        ? ofLengths(node, scope)
        : Choices.byConstant(node, scope);
  }

  private static Value ofLengths(OpNode node, Scope scope) {
    Lengths condition = ConstantOps.lengths(node, scope, 0);
    Lengths a = ConstantOps.lengths(node, scope, 1);
    Lengths b = ConstantOps.lengths(node, scope, 2);
    Lengths kept = ConstantOps.zip(condition, a, (c, x) -> c.value() != 0 ? x : Dim.OPEN);
    Lengths others = ConstantOps.zip(condition, b, (c, x) -> c.value() != 0 ? Dim.OPEN : x);
    List<Dim> all = new ArrayList<>(Collections.nCopies(kept.numbers().size(), Dim.OPEN));
    for (int i = 0; i < all.size(); i++) {
      boolean first = condition.numbers().get(condition.numbers().size() == 1 ? 0 : i).value() != 0;
      all.set(i, (first ? kept : others).numbers().get(i));
    }
    return new Lengths(all, condition.scalar());
  }

  /** x where it is large, softplus(x) elsewhere, is how PyTorch writes the latter. */
  private static boolean isSoftplus(Scope scope, List<Value> three) {
    boolean computed = IntStream.range(0, 3).allMatch(i -> three.get(i) instanceof Computed);
    if (!computed) {
      return false;
    }
    Optional<Assembly.Part> flags = scope.graph.part(((Computed) three.get(0)).node());
    Optional<Assembly.Part> other = scope.graph.part(((Computed) three.get(2)).node());
    return flags.isPresent()
        && other.isPresent()
        && flags.get().layer() instanceof Comparison comparison
        && comparison.relation() == Relation.GREATER
        && comparison.constants().get(1).filter(limit -> limit.length() == 1).isPresent()
        && comparison.constants().get(1).orElseThrow().getDouble(0) >= LARGE
        && other.get().layer() == Activation.SOFTPLUS
        && flags.get().inputs().equals(List.of(((Computed) three.get(1)).node()))
        && other.get().inputs().equals(flags.get().inputs());
  }
}
