package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.imports.onnx.Value.Lengths;
import io.bayes4j.layers.BatchWeight;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Pick;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Operators that move elements about without choosing among them. */
final class ShapeOps {
  private ShapeOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("Reshape", ShapeOps::reshape);
    all.put("Flatten", ShapeOps::flatten);
    all.put("Squeeze", ShapeOps::squeeze);
    all.put("Unsqueeze", ShapeOps::unsqueeze);
    all.put("Transpose", ShapeOps::transpose);
    all.put("Concat", ShapeOps::concat);
    all.put("Expand", ShapeOps::expand);
    all.put("DepthToSpace", ShapeOps::depthToSpace);
  }

  private static Value reshape(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    List<Dim> wanted =
        scope.opset < 5 && node.has("shape")
            ? Dim.shape(node.requireNumbers("shape"))
            : scope.requireLengths(node, 1);
    boolean zeroIsLength = node.number("allowzero", 0) != 0;
    List<Dim> before = x.dims();
    Assembly.requireAxes(wanted.size());
    List<Dim> shape = new ArrayList<>(wanted);
    for (int axis = 0; axis < shape.size(); axis++) {
      if (shape.get(axis).equals(Dim.of(0)) && !zeroIsLength) {
        if (axis >= before.size()) {
          throw new IllegalArgumentException("keeps an axis that there is none of");
        }
        shape.set(axis, before.get(axis));
      }
    }
    if (x instanceof Computed && scope.batch.isPresent()) {
      openBatch(before, shape, scope.batch.get());
    }
    resolve(before, shape);
    return reshaped(node, scope, x, shape);
  }

  /**
   * In the place of the number of examples that the file was made with, any: the axis that goes on
   * in the place of the examples is the one with as many elements before it.
   */
  private static void openBatch(List<Dim> before, List<Dim> shape, long batch) {
    int from =
        IntStream.range(0, before.size())
            .filter(axis -> !before.get(axis).open() && before.get(axis).perExample() != 0)
            .findFirst()
            .orElse(-1);
    boolean fixed = shape.stream().allMatch(Dim::fixed);
    if (from < 0 || !fixed) {
      return;
    }
    Dim outside = Dim.product(before.subList(0, from));
    for (int axis = 0; axis < shape.size(); axis++) {
      Dim here = shape.get(axis);
      if (Dim.product(shape.subList(0, axis)).equals(outside)
          && here.constant() > 0
          && here.constant() % batch == 0) {
        shape.set(axis, new Dim(here.constant() / batch, 0));
        return;
      }
    }
  }

  /** Puts a length in the place of -1. */
  private static void resolve(List<Dim> before, List<Dim> shape) {
    int open = shape.indexOf(Dim.of(-1));
    if (open >= 0) {
      List<Dim> others = new ArrayList<>(shape);
      others.remove(open);
      List<Dim> rest = new ArrayList<>(before);
      // Lengths on both sides that are equal need not be known.
      others.removeIf(dim -> !dim.fixed() && rest.remove(dim));
      shape.set(open, Dim.product(rest).over(Dim.product(others)));
    }
  }

  private static Value reshaped(OpNode node, Scope scope, Value x, List<Dim> shape) {
    if (x instanceof Lengths lengths && shape.size() <= 1) {
      return new Lengths(lengths.numbers(), shape.isEmpty());
    }
    if (x instanceof Lengths) {
      return scope.graph.reshape(
          scope.label(node), new Constant(scope.constant(x, "input")), shape);
    }
    if (x instanceof Filled filled) {
      return new Filled(filled.number(), shape);
    }
    return scope.graph.reshape(scope.label(node), x, shape);
  }

  private static Value flatten(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    List<Dim> dims = x.dims();
    long given = node.number("axis", 1);
    int axis = Math.toIntExact(given < 0 ? given + dims.size() : given);
    Dim rows = Dim.product(dims.subList(0, axis));
    Dim columns = Dim.product(dims.subList(axis, dims.size()));
    if (x instanceof Computed && axis == 1 && dims.size() > 2 && columns.fixed()) {
      return scope.graph.add(scope.label(node), new Flatten(), x, List.of(rows, columns));
    }
    return reshaped(node, scope, x, List.of(rows, columns));
  }

  private static Optional<long[]> axes(OpNode node, Scope scope) {
    return scope.opset < 13 ? node.numbers("axes") : scope.optional(node, 1).map(Tensor::longs);
  }

  private static Value squeeze(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    List<Dim> dims = x.dims();
    int rank = dims.size();
    long[] axes =
        axes(node, scope)
            .orElseGet(
                () ->
                    IntStream.range(0, rank)
                        .filter(axis -> dims.get(axis).equals(Dim.of(1)))
                        .asLongStream()
                        .toArray());
    List<Dim> rest = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int at = axis;
      if (Arrays.stream(axes).noneMatch(a -> (a < 0 ? a + rank : a) == at)) {
        rest.add(dims.get(axis));
      } else if (!dims.get(axis).equals(Dim.of(1))) {
        throw new IllegalArgumentException("leaves out an axis of length " + dims.get(axis));
      }
    }
    return reshaped(node, scope, x, rest);
  }

  private static Value unsqueeze(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    long[] axes =
        axes(node, scope).orElseThrow(() -> new IllegalArgumentException("names no axes"));
    int rank = Math.addExact(x.dims().size(), axes.length);
    Assembly.requireAxes(rank);
    List<Dim> rest = new ArrayList<>(x.dims());
    List<Dim> shape = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      int at = axis;
      boolean added = Arrays.stream(axes).anyMatch(a -> (a < 0 ? a + rank : a) == at);
      shape.add(added ? Dim.of(1) : rest.remove(0));
    }
    return reshaped(node, scope, x, shape);
  }

  private static Value transpose(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    int rank = x.dims().size();
    int[] axes =
        node.numbers("perm")
            .map(given -> Arrays.stream(given).mapToInt(Math::toIntExact).toArray())
            .orElseGet(() -> IntStream.range(0, rank).map(axis -> rank - 1 - axis).toArray());
    if (axes.length != rank
        || !Arrays.equals(
            Arrays.stream(axes).sorted().toArray(), IntStream.range(0, rank).toArray())) {
      throw new IllegalArgumentException("has no permutation of " + rank + " axes");
    }
    if (x instanceof Filled filled) {
      return new Filled(filled.number(), IntStream.of(axes).mapToObj(filled.shape()::get).toList());
    }
    Value known = x instanceof Lengths ? new Constant(scope.constant(x, "input")) : x;
    return scope.graph.permute(scope.label(node), known, axes);
  }

  private static Value concat(OpNode node, Scope scope) {
    List<Value> parts = node.inputs().stream().map(scope::get).toList();
    if (parts.stream().noneMatch(Computed.class::isInstance)) {
      List<Optional<Lengths>> lengths = parts.stream().map(scope::lengths).toList();
      if (lengths.stream().allMatch(Optional::isPresent)) {
        return Scope.limited(
            lengths.stream()
                .flatMap(l -> l.orElseThrow().numbers().stream())
                .limit(Scope.MOST_LENGTHS + 1L)
                .toList());
      }
      Optional<Value> alike = alike(parts, node.number("axis", 1));
      if (alike.isPresent()) {
        return alike.get();
      }
      parts = parts.stream().<Value>map(p -> new Constant(scope.constant(p, "input"))).toList();
    } else {
      parts = parts.stream().map(part -> scope.asNode(scope.label(node), part)).toList();
    }
    int rank = parts.get(0).dims().size();
    long given = node.number("axis", 1);
    int axis = Math.toIntExact(given < 0 ? given + rank : given);
    if (axis < 0 || axis >= rank || parts.stream().anyMatch(p -> p.dims().size() != rank)) {
      throw new IllegalArgumentException("joins arrays along axis " + given + " that do not fit");
    }
    List<Dim> shape = new ArrayList<>(parts.get(0).dims());
    shape.set(axis, parts.stream().map(p -> p.dims().get(axis)).reduce(Dim.of(0), Dim::plus));
    return parts.size() == 1
        ? parts.get(0)
        : scope.graph.join(scope.label(node), new Concat(axis), parts, shape);
  }

  /** Joins arrays of one number, such as the zeros that both directions begin with. */
  private static Optional<Value> alike(List<Value> parts, long given) {
    if (!(parts.get(0) instanceof Filled first)
        || parts.stream().anyMatch(p -> !(p instanceof Filled f) || f.number() != first.number())) {
      return Optional.empty();
    }
    List<Dim> shape = new ArrayList<>(first.shape());
    int axis = new Computed("", shape).axis(given);
    for (Value part : parts.subList(1, parts.size())) {
      if (part.dims().size() != shape.size()) {
        return Optional.empty();
      }
      shape.set(axis, shape.get(axis).plus(part.dims().get(axis)));
    }
    return Optional.of(new Filled(first.number(), shape));
  }

  private static Value expand(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    List<Dim> shape = ArithmeticOps.broadcast(x.dims(), scope.requireLengths(node, 1));
    if (shape.equals(x.dims())) {
      return x;
    }
    if (x instanceof Filled filled) {
      return new Filled(filled.number(), shape);
    }
    if (!(x instanceof Computed) && x.dims().stream().allMatch(Dim.of(1)::equals)) {
      return new Filled(scope.constant(x, "input").number(), shape);
    }
    boolean overBatch =
        !(x instanceof Computed)
            && shape.get(0).equals(Dim.BATCH)
            && x.dims().size() == shape.size()
            && x.dims().get(0).equals(Dim.of(1))
            && x.dims().subList(1, shape.size()).equals(shape.subList(1, shape.size()));
    if (x instanceof Computed computed && computed.rank() == shape.size()) {
      return repeated(node, scope, computed, shape);
    }
    if (!overBatch) {
      throw new IllegalArgumentException(
          "repeats " + Dim.text(x.dims()) + " to " + Dim.text(shape));
    }
    Tensor weight = scope.constant(x, "input");
    return scope.graph.add(
        scope.label(node), new BatchWeight(weight.array()), scope.input(), shape);
  }

  /** An array again and again along its axes of length one. */
  private static Value repeated(OpNode node, Scope scope, Computed x, List<Dim> wanted) {
    Value y = x;
    for (int axis = 0; axis < wanted.size(); axis++) {
      Dim length = wanted.get(axis);
      if (length.equals(y.dims().get(axis))) {
        continue;
      }
      if (axis == 0
          || !length.fixed()
          || length.constant() < 1
          || length.constant() > Scope.MOST_LENGTHS) {
        throw new IllegalArgumentException(
            "repeats " + Dim.text(x.dims()) + " to " + Dim.text(wanted));
      }
      List<Dim> shape = new ArrayList<>(y.dims());
      shape.set(axis, length);
      List<Integer> same = Collections.nCopies((int) length.constant(), 0);
      y = scope.graph.add(scope.label(node), new Pick(axis, same), y, shape);
    }
    return y;
  }

  private static Value depthToSpace(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    long block = node.number("blocksize", 0);
    boolean columnRow = node.text("mode", "DCR").equals("CRD");
    List<Dim> d = x.shape();
    Dim b = Dim.of(block);
    Dim channels = d.get(1).over(Dim.of(Math.multiplyExact(block, block)));
    String label = scope.label(node);
    List<Dim> split =
        columnRow
            ? List.of(d.get(0), channels, b, b, d.get(2), d.get(3))
            : List.of(d.get(0), b, b, channels, d.get(2), d.get(3));
    Value parts = scope.graph.reshape(label, x, split);
    Value moved =
        columnRow
            ? scope.graph.permute(label, parts, 0, 1, 4, 2, 5, 3)
            : scope.graph.permute(label, parts, 0, 3, 4, 1, 5, 2);
    return scope.graph.reshape(
        label, moved, List.of(d.get(0), channels, d.get(2).times(b), d.get(3).times(b)));
  }
}
