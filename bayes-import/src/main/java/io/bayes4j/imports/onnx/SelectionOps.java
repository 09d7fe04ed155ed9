package io.bayes4j.imports.onnx;

import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.imports.onnx.Value.Lengths;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Pick;
import io.bayes4j.layers.Reduce;
import io.bayes4j.layers.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Operators that choose elements, repeat them, or sum them up. */
final class SelectionOps {
  private SelectionOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("Gather", SelectionOps::gather);
    all.put("Slice", SelectionOps::slice);
    all.put("Split", SelectionOps::split);
    all.put("ReverseSequence", SelectionOps::reversed);
    all.put("Pad", SelectionOps::pad);
    all.put("ReduceMean", (node, scope) -> reduce(node, scope, Reduce.Kind.MEAN, 18));
    all.put("ReduceSum", (node, scope) -> reduce(node, scope, Reduce.Kind.SUM, 13));
    all.put("ReduceSumSquare", SelectionOps::sumOfSquares);
  }

  private static List<Dim> with(List<Dim> shape, int axis, Dim length) {
    List<Dim> changed = new ArrayList<>(shape);
    changed.set(axis, length);
    return changed;
  }

  private static int axis(long axis, List<Dim> shape) {
    return new Computed("", shape).axis(axis);
  }

  private static Value gather(OpNode node, Scope scope) {
    Value data = scope.get(node.input(0));
    Value which = scope.get(node.input(1));
    long given = node.number("axis", 0);
    if (which instanceof Computed indices) {
      return embedding(node, scope, scope.constant(data, "table"), indices, given);
    }
    Tensor indices = scope.constant(which, "indices");
    if (data instanceof Lengths lengths) {
      List<Dim> all = lengths.numbers();
      List<Dim> taken =
          Arrays.stream(indices.longs())
              .mapToObj(i -> all.get(Math.toIntExact(i < 0 ? i + all.size() : i)))
              .toList();
      return new Lengths(taken, indices.rank() == 0);
    }
    if (data instanceof Filled filled) {
      List<Dim> shape = new ArrayList<>(filled.shape());
      int at = axis(given, shape);
      shape.remove(at);
      shape.addAll(at, Dim.shape(indices.shape()));
      return new Filled(filled.number(), shape);
    }
    Value x = data instanceof Computed ? data : new Constant(scope.constant(data, "input"));
    int axis = axis(given, x.dims());
    List<Integer> numbers = Arrays.stream(indices.longs()).mapToObj(Math::toIntExact).toList();
    String label = scope.label(node);
    List<Dim> taken = with(x.dims(), axis, Dim.of(numbers.size()));
    Value picked = scope.graph.add(label, picking(axis, numbers), x, taken);
    List<Dim> shape = new ArrayList<>(x.dims().subList(0, axis));
    shape.addAll(Dim.shape(indices.shape()));
    shape.addAll(x.dims().subList(axis + 1, x.dims().size()));
    return shape.equals(taken) ? picked : scope.graph.reshape(label, picked, shape);
  }

  /** Neighbours are a slice, which is copied at once. */
  private static Layer picking(int axis, List<Integer> numbers) {
    int first = numbers.isEmpty() ? 0 : numbers.get(0);
    boolean run =
        !numbers.isEmpty()
            && IntStream.range(0, numbers.size()).allMatch(i -> numbers.get(i) == first + i)
            && (first >= 0 || numbers.size() == 1);
    if (!run) {
      return new Pick(axis, numbers);
    }
    long end = (long) first + numbers.size();
    return Slice.of(axis, first, end == 0 ? Long.MAX_VALUE : end);
  }

  private static Value embedding(
      OpNode node, Scope scope, Tensor table, Computed indices, long axis) {
    if (table.rank() != 2 || axis != 0 || indices.rank() > 2 || indices.rank() < 1) {
      throw new IllegalArgumentException(
          "looks up numbers that depend on the input, other than rows of a table");
    }
    Layer layer =
        scope.sharing.layer(
            Embedding.class,
            List.of(table),
            () ->
                Scope.filled(
                    new Embedding(table.size(0), table.size(1), Init.zeros()),
                    Map.of("weight", table.array())));
    List<Dim> shape = new ArrayList<>(indices.shape());
    shape.add(Dim.of(table.size(1)));
    String name = node.input(0);
    String label =
        name.endsWith(".weight") ? name.substring(0, name.length() - 7) : scope.label(node);
    return scope.graph.add(label, layer, indices, shape);
  }

  private static Value slice(OpNode node, Scope scope) {
    boolean old = scope.opset < 10;
    List<Dim> from = old ? Dim.shape(node.requireNumbers("starts")) : scope.requireLengths(node, 1);
    List<Dim> to = old ? Dim.shape(node.requireNumbers("ends")) : scope.requireLengths(node, 2);
    Optional<long[]> axes = old ? node.numbers("axes") : scope.optional(node, 3).map(Tensor::longs);
    Optional<long[]> steps = old ? Optional.empty() : scope.optional(node, 4).map(Tensor::longs);
    Value x = scope.get(node.input(0));
    for (int i = 0; i < from.size(); i++) {
      int axis = axis(axes.isPresent() ? axes.get()[i] : i, x.dims());
      long step = steps.isPresent() ? steps.get()[i] : 1;
      x = sliced(node, scope, x, axis, from.get(i), to.get(i), step);
    }
    return x;
  }

  private static Value sliced(
      OpNode node, Scope scope, Value x, int axis, Dim from, Dim to, long step) {
    Dim length = x.dims().get(axis);
    // Up to the axis' own length is all of it, whatever that is.
    long end = to.equals(length) ? (step > 0 ? Long.MAX_VALUE : to.value()) : to.value();
    if (from.equals(Dim.of(0)) && step == 1 && end >= Integer.MAX_VALUE) {
      return x;
    }
    Slice slice = new Slice(axis, from.value(), end, step);
    if (x instanceof Filled filled) {
      long left = slice.count(length.value());
      return new Filled(filled.number(), with(filled.shape(), axis, Dim.of(left)));
    }
    if (x instanceof Lengths lengths) {
      return new Lengths(
          IntStream.of(slice.indices(lengths.numbers().size()))
              .mapToObj(lengths.numbers()::get)
              .toList(),
          false);
    }
    Dim left = length.fixed() ? Dim.of(slice.count(length.constant())) : leftOf(slice, length);
    return scope.graph.add(scope.label(node), slice, x, with(x.dims(), axis, left));
  }

  private static Dim leftOf(Slice slice, Dim length) {
    if (!length.open()) {
      throw new IllegalArgumentException("chooses among the examples");
    }
    boolean one = slice.step() == 1 && slice.from() == -1 && slice.to() == Long.MAX_VALUE;
    boolean counted =
        slice.step() == 1 && slice.from() >= 0 && slice.to() > 0 && slice.to() - slice.from() == 1;
    return one || counted ? Dim.of(1) : Dim.OPEN;
  }

  private static Value reversed(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    int axis = axis(node.number("time_axis", 0), x.dims());
    Dim length = x.dims().get(axis);
    Value lengths = scope.get(node.input(1));
    boolean whole =
        lengths instanceof Filled filled
            ? filled.number() == length.value()
            : LongStream.of(scope.constant(lengths, "lengths").longs())
                .allMatch(number -> number == length.value());
    if (!whole) {
      throw new IllegalArgumentException("turns a part of each sequence, not the whole");
    }
    return sliced(node, scope, x, axis, Dim.of(-1), Dim.of(Long.MIN_VALUE), -1);
  }

  private static Value split(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    int axis = axis(node.number("axis", 0), x.dims());
    long length = x.dims().get(axis).value();
    int parts = node.outputs().size();
    Optional<long[]> given =
        scope.opset < 13 ? node.numbers("split") : scope.optional(node, 1).map(Tensor::longs);
    long each = (length + parts - 1) / parts;
    long[] sizes =
        given.orElseGet(
            () ->
                IntStream.range(0, parts)
                    .mapToLong(i -> Math.min(each, length - i * each))
                    .toArray());
    if (sizes.length != parts || Arrays.stream(sizes).sum() != length) {
      throw new IllegalArgumentException("has parts that do not add up");
    }
    long at = 0;
    for (int i = 0; i < parts; i++) {
      Value part = sliced(node, scope, x, axis, Dim.of(at), Dim.of(at + sizes[i]), 1);
      scope.put(node.outputs().get(i), part);
      at += sizes[i];
    }
    return scope.get(node.output());
  }

  private static Value pad(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    long[] pads = scope.opset < 11 ? node.requireNumbers("pads") : scope.constant(node, 1).longs();
    double value =
        scope.opset < 11
            ? node.real("value", 0)
            : scope.optional(node, 2).map(Tensor::number).orElse(0f);
    Optional<long[]> axes =
        scope.opset < 18 ? Optional.empty() : scope.optional(node, 3).map(Tensor::longs);
    int rank = x.dims().size();
    Integer[] before = new Integer[rank];
    Integer[] after = new Integer[rank];
    Arrays.fill(before, 0);
    Arrays.fill(after, 0);
    int n = pads.length / 2;
    for (int i = 0; i < n; i++) {
      int axis = axes.isPresent() ? axis(axes.get()[i], x.dims()) : i;
      before[axis] = Math.toIntExact(pads[i]);
      after[axis] = Math.toIntExact(pads[n + i]);
    }
    PaddingMode mode =
        switch (node.text("mode", "constant")) {
          case "constant" -> PaddingMode.ZEROS;
          case "reflect" -> PaddingMode.REFLECT;
          case "edge" -> PaddingMode.REPLICATE;
          case "wrap" -> PaddingMode.CIRCULAR;
          default -> throw new IllegalArgumentException("has an unknown mode");
        };
    return padded(
        scope.label(node),
        scope,
        x,
        new Pad(List.of(before), List.of(after), mode, mode == PaddingMode.ZEROS ? value : 0));
  }

  /** A padding as a node, unless it adds nothing. */
  static Value padded(String label, Scope scope, Value x, Pad pad) {
    List<Dim> shape = new ArrayList<>();
    for (int axis = 0; axis < x.dims().size(); axis++) {
      Dim added = Dim.of((long) pad.before().get(axis) + pad.after().get(axis));
      shape.add(x.dims().get(axis).plus(added));
    }
    boolean nothing =
        pad.before().stream().allMatch(n -> n == 0) && pad.after().stream().allMatch(n -> n == 0);
    return nothing ? x : scope.graph.add(label, pad, x, shape);
  }

  private static Value sumOfSquares(OpNode node, Scope scope) {
    Value squares = ArithmeticOps.layer(node, scope, MathFunction.SQUARE);
    return reduce(node, scope, squares, Reduce.Kind.SUM, 18);
  }

  /** Over which axes an operator reduces; none if it does nothing. */
  static List<Integer> axes(OpNode node, Scope scope, Value x, int axesAreInput) {
    Optional<long[]> named =
        scope.opset < axesAreInput
            ? node.numbers("axes")
            : scope.optional(node, 1).map(Tensor::longs);
    long[] given = named.orElseGet(() -> new long[0]);
    boolean all = given.length == 0;
    if (all && node.number("noop_with_empty_axes", 0) != 0) {
      return List.of();
    }
    return (all ? IntStream.range(0, x.dims().size()).asLongStream() : Arrays.stream(given))
        .mapToObj(axis -> axis(axis, x.dims()))
        .sorted()
        .toList();
  }

  private static Value reduce(OpNode node, Scope scope, Reduce.Kind kind, int axesAreInput) {
    return reduce(node, scope, scope.get(node.input(0)), kind, axesAreInput);
  }

  private static Value reduce(
      OpNode node, Scope scope, Value x, Reduce.Kind kind, int axesAreInput) {
    int rank = x.dims().size();
    List<Integer> axes = axes(node, scope, x, axesAreInput);
    if (axes.isEmpty()) {
      return x;
    }
    boolean keep = node.number("keepdims", 1) != 0;
    List<Dim> kept = new ArrayList<>(x.dims());
    axes.forEach(axis -> kept.set(axis, Dim.of(1)));
    List<Dim> left =
        IntStream.range(0, rank)
            .filter(axis -> !axes.contains(axis))
            .mapToObj(x.dims()::get)
            .toList();
    List<Integer> spatial = IntStream.range(2, rank).boxed().toList();
    String label = scope.label(node);
    if (kind == Reduce.Kind.MEAN
        && x instanceof Computed
        && rank <= 5
        && axes.equals(spatial)
        && !spatial.isEmpty()) {
      Value means = scope.graph.add(label, new GlobalAvgPool(), x, left);
      return keep ? scope.graph.reshape(label, means, kept) : means;
    }
    Value known = x instanceof Computed ? x : new Constant(scope.constant(x, "input"));
    return scope.graph.add(label, new Reduce(kind, axes, keep), known, keep ? kept : left);
  }
}
