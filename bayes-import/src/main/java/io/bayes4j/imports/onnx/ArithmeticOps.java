package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.imports.onnx.Value.Lengths;
import io.bayes4j.imports.parts.Overlay;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchWeight;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.WeightArithmetic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** Arithmetic of arrays, of arrays and constants, and of shapes. */
final class ArithmeticOps {
  private ArithmeticOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("Add", (node, scope) -> binary(node, scope, Arithmetic.ADD, Dim::plus));
    all.put("Sub", (node, scope) -> binary(node, scope, Arithmetic.SUB, Dim::minus));
    all.put("Mul", (node, scope) -> binary(node, scope, Arithmetic.MUL, Dim::times));
    all.put("Div", (node, scope) -> binary(node, scope, Arithmetic.DIV, Dim::over));
    all.put("Sum", ArithmeticOps::sum);
    all.put("Pow", ArithmeticOps::pow);
    function(all, "Sqrt", MathFunction.SQRT);
    function(all, "Exp", MathFunction.EXP);
    function(all, "Log", MathFunction.LOG);
    function(all, "Erf", MathFunction.ERF);
    function(all, "Reciprocal", MathFunction.RECIPROCAL);
    all.put("Neg", (node, scope) -> scaled(node, scope, scope.get(node.input(0)), -1, 0));
  }

  private static void function(Map<String, Operators.Operator> all, String type, Layer layer) {
    all.put(type, (node, scope) -> layer(node, scope, layer));
  }

  /** A layer that changes no shape, on an operator's first input. */
  static Value layer(OpNode node, Scope scope, Layer layer) {
    Value x = scope.get(node.input(0));
    Value known = x instanceof Computed ? x : new Constant(scope.constant(x, "input"));
    return scope.graph.add(scope.label(node), layer, known, known.dims());
  }

  private static Value scaled(OpNode node, Scope scope, Value x, double scale, double shift) {
    return scope.graph.scaled(scope.label(node), x, scale, shift);
  }

  /** NumPy's broadcasting. */
  static List<Dim> broadcast(List<Dim> a, List<Dim> b) {
    int rank = Math.max(a.size(), b.size());
    List<Dim> shape = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      Dim x = axis < rank - a.size() ? Dim.of(1) : a.get(axis - rank + a.size());
      Dim y = axis < rank - b.size() ? Dim.of(1) : b.get(axis - rank + b.size());
      boolean one = x.equals(Dim.of(1));
      if (!one && !y.equals(Dim.of(1)) && !x.equals(y) && !x.open() && !y.open()) {
        throw new IllegalArgumentException(
            "reads shapes that do not broadcast, " + Dim.text(a) + " and " + Dim.text(b));
      }
      shape.add(one || (x.open() && !y.equals(Dim.of(1))) ? y : x);
    }
    return shape;
  }

  private static Value binary(
      OpNode node, Scope scope, Arithmetic operation, BinaryOperator<Dim> ofLengths) {
    return binary(
        node, scope, operation, ofLengths, scope.get(node.input(0)), scope.get(node.input(1)));
  }

  private static Value binary(
      OpNode node,
      Scope scope,
      Arithmetic operation,
      BinaryOperator<Dim> ofLengths,
      Value a,
      Value b) {
    if (!(a instanceof Computed) && !(b instanceof Computed)) {
      Optional<Lengths> first = scope.lengths(a);
      Optional<Lengths> second = scope.lengths(b);
      return first.isPresent() && second.isPresent()
          ? ConstantOps.zip(first.get(), second.get(), ofLengths)
          : folded(node, scope, operation, a, b);
    }
    List<Dim> shape = broadcast(a.dims(), b.dims());
    if (a instanceof Computed x && b instanceof Computed y) {
      return operation == Arithmetic.MUL
          ? scope.graph.product(scope.label(node), x, y, shape)
          : scope.graph.join(scope.label(node), operation, List.of(x, y), shape);
    }
    boolean weightFirst = b instanceof Computed;
    Computed x = (Computed) (weightFirst ? b : a);
    return withConstant(node, scope, operation, x, weightFirst ? a : b, weightFirst, shape);
  }

  private static Value folded(OpNode node, Scope scope, Arithmetic operation, Value a, Value b) {
    List<Dim> shape = broadcast(a.dims(), b.dims());
    boolean perExample =
        !shape.isEmpty()
            && shape.get(0).equals(Dim.BATCH)
            && shape.stream().skip(1).allMatch(Dim::fixed);
    if (perExample && a instanceof Filled != b instanceof Filled) {
      List<Dim> one = new ArrayList<>(shape);
      one.set(0, Dim.of(1));
      Constant weight = (Constant) folded(node, scope, operation, forOne(a, one), forOne(b, one));
      return scope.graph.add(
          scope.label(node), new BatchWeight(weight.tensor().array()), scope.input(), shape);
    }
    List<Constant> both =
        List.of(
            new Constant(scope.constant(a, "input 0")), new Constant(scope.constant(b, "input 1")));
    return scope.graph.join(
        scope.label(node), operation, both, broadcast(both.get(0).dims(), both.get(1).dims()));
  }

  private static Value forOne(Value value, List<Dim> one) {
    return value instanceof Filled filled ? new Filled(filled.number(), one) : value;
  }

  private static Value withConstant(
      OpNode node,
      Scope scope,
      Arithmetic operation,
      Computed x,
      Value other,
      boolean weightFirst,
      List<Dim> shape) {
    boolean alike =
        other.dims().size() <= x.rank() && other.dims().stream().allMatch(Dim.of(1)::equals);
    boolean everywhere = other instanceof Filled && shape.equals(x.shape());
    if (alike || everywhere) {
      double c = other instanceof Filled filled ? filled.number() : number(scope, other);
      return withNumber(node, scope, operation, x, c, weightFirst);
    }
    Tensor weight = scope.constant(other, "operand");
    if (operation == Arithmetic.ADD && shape.size() == x.rank() && Choices.isMask(weight)) {
      scope.room(Dim.shape(weight.shape()));
      Overlay mask = Overlay.sum(Choices.finite(weight).array());
      return scope.graph.add(scope.label(node), mask, x, shape);
    }
    Layer layer = new WeightArithmetic(operation, weight.array(), weightFirst);
    return scope.graph.add(scope.label(node), layer, x, shape);
  }

  private static double number(Scope scope, Value value) {
    return scope.constant(value, "operand").number();
  }

  private static Value withNumber(
      OpNode node, Scope scope, Arithmetic operation, Computed x, double c, boolean first) {
    return switch (operation) {
      case ADD -> scaled(node, scope, x, 1, c);
      case SUB -> first ? scaled(node, scope, x, -1, c) : scaled(node, scope, x, 1, -c);
      case MUL -> scaled(node, scope, x, c, 0);
      case DIV ->
          first
              ? scaled(
                  node,
                  scope,
                  scope.graph.add(scope.label(node), MathFunction.RECIPROCAL, x, x.shape()),
                  c,
                  0)
              : scaled(node, scope, x, 1 / c, 0);
    };
  }

  private static Value sum(OpNode node, Scope scope) {
    Value sum = scope.get(node.input(0));
    for (int i = 1; i < node.inputs().size(); i++) {
      Value next = scope.get(node.input(i));
      sum = binary(node, scope, Arithmetic.ADD, Dim::plus, sum, next);
    }
    return sum;
  }

  private static Value pow(OpNode node, Scope scope) {
    float exponent = scope.constant(node, 1).number();
    if (exponent == 1) {
      return scope.get(node.input(0));
    }
    if (exponent == 2) {
      return layer(node, scope, MathFunction.SQUARE);
    }
    if (exponent == 0.5) {
      return layer(node, scope, MathFunction.SQRT);
    }
    if (exponent == -1) {
      return layer(node, scope, MathFunction.RECIPROCAL);
    }
    if (exponent == 3) {
      Computed x = scope.computed(node, 0);
      Value square = layer(node, scope, MathFunction.SQUARE);
      return scope.graph.join(scope.label(node), Arithmetic.MUL, List.of(square, x), x.shape());
    }
    throw new IllegalArgumentException("raises to the power of " + exponent);
  }
}
