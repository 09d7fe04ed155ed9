package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.parts.GlobalMaxPool;
import io.bayes4j.imports.parts.PaddedAvgPool;
import io.bayes4j.imports.parts.SlidingWindows;
import io.bayes4j.layers.AvgPool1d;
import io.bayes4j.layers.AvgPool2d;
import io.bayes4j.layers.AvgPool3d;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool1d;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.MaxPool3d;
import io.bayes4j.layers.PoolSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Poolings. */
final class PoolOps {
  private PoolOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("MaxPool", (node, scope) -> pool(node, scope, true));
    all.put("AveragePool", (node, scope) -> pool(node, scope, false));
    all.put("GlobalAveragePool", PoolOps::globalMean);
    all.put("GlobalMaxPool", PoolOps::globalMaximum);
    all.put("ReduceMax", PoolOps::maximumOverAxes);
  }

  private static List<Dim> ones(Computed x) {
    List<Dim> shape = new ArrayList<>(x.shape().subList(0, 2));
    IntStream.range(2, x.rank()).forEach(axis -> shape.add(Dim.of(1)));
    return shape;
  }

  private static Value globalMean(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    String label = scope.label(node);
    Value means = scope.graph.add(label, new GlobalAvgPool(), x, x.shape().subList(0, 2));
    return scope.graph.reshape(label, means, ones(x));
  }

  private static Value globalMaximum(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    int[] window =
        x.shape().stream().skip(2).mapToInt(dim -> Math.toIntExact(dim.value())).toArray();
    return scope.graph.add(scope.label(node), maximum(PoolSpec.of(window)), x, ones(x));
  }

  private static Value maximumOverAxes(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    int rank = x.rank();
    List<Integer> axes = SelectionOps.axes(node, scope, x, 18);
    boolean first = axes.equals(IntStream.range(2, rank).boxed().toList());
    boolean last = axes.equals(IntStream.range(1, rank - 1).boxed().toList());
    boolean some = axes.stream().allMatch(axis -> axis > 1 && x.shape().get(axis).fixed());
    if (rank < 3 || rank > 5 || !(first || last || some)) {
      throw new IllegalArgumentException(
          "is a maximum over axes " + axes + ", not spatial ones of known lengths");
    }
    List<Dim> kept = new ArrayList<>(x.shape());
    axes.forEach(axis -> kept.set(axis, Dim.of(1)));
    boolean keeps = node.number("keepdims", 1) != 0;
    String label = scope.label(node);
    if (!first && !last) {
      Value most = scope.graph.add(label, maximum(PoolSpec.of(window(x, axes))), x, kept);
      return keeps ? most : scope.graph.reshape(label, most, without(x, axes));
    }
    Value images = first ? x : scope.graph.permute(label, x, channelsFirst(rank));
    Value most = scope.graph.add(label, new GlobalMaxPool(), images, images.dims().subList(0, 2));
    return keeps ? scope.graph.reshape(label, most, kept) : most;
  }

  /** A window of whole axes, and of single elements along the other spatial ones. */
  private static int[] window(Computed x, List<Integer> axes) {
    return IntStream.range(2, x.rank())
        .map(axis -> axes.contains(axis) ? Math.toIntExact(x.shape().get(axis).constant()) : 1)
        .toArray();
  }

  private static List<Dim> without(Computed x, List<Integer> axes) {
    return IntStream.range(0, x.rank())
        .filter(axis -> !axes.contains(axis))
        .mapToObj(x.shape()::get)
        .toList();
  }

  private static int[] channelsFirst(int rank) {
    return IntStream.range(0, rank)
        .map(axis -> axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1)
        .toArray();
  }

  private static Layer maximum(PoolSpec spec) {
    return switch (spec.rank()) {
      case 1 -> new MaxPool1d(spec);
      case 2 -> new MaxPool2d(spec);
      default -> new MaxPool3d(spec);
    };
  }

  private static Layer mean(PoolSpec spec) {
    return switch (spec.rank()) {
      case 1 -> new AvgPool1d(spec);
      case 2 -> new AvgPool2d(spec);
      default -> new AvgPool3d(spec);
    };
  }

  private static Value pool(OpNode node, Scope scope, boolean maximum) {
    Computed x = scope.computed(node, 0);
    if (node.outputs().size() > 1 && scope.isRead(node.outputs().get(1))) {
      throw new IllegalArgumentException("hands out the places of its maxima");
    }
    long[] given =
        node.numbers("kernel_shape")
            .orElseThrow(() -> new IllegalArgumentException("has no window"));
    int[] kernel = Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
    Windows windows = Windows.of(node, x, kernel);
    boolean ceil = node.number("ceil_mode", 0) != 0;
    boolean counts = node.number("count_include_pad", 0) != 0;
    PoolSpec spec =
        PoolSpec.of(kernel).withStride(windows.stride()).withDilation(windows.dilation());
    List<Dim> shape = new ArrayList<>(x.shape().subList(0, 2));
    for (int axis = 0; axis < windows.rank(); axis++) {
      shape.add(length(windows, axis, x.shape().get(axis + 2), ceil));
    }
    boolean same = windows.symmetric() && atMostHalf(windows);
    boolean reaches = !ceil && (maximum || !counts) && reachesOver(windows, x);
    if (!same && !reaches) {
      return over(node, scope, x, windows, shape, maximum);
    }
    spec = maximum || counts ? spec : spec.withoutCountingPadding();
    spec = spec.withPadding(windows.before());
    // The last window reaches over the end by as much as is padded there.
    spec = ceil || !same ? spec.withCeilMode() : spec;
    return scope.graph.add(scope.label(node), maximum ? maximum(spec) : mean(spec), x, shape);
  }

  private static boolean atMostHalf(Windows windows) {
    return IntStream.range(0, windows.rank())
        .allMatch(axis -> 2 * windows.before()[axis] <= windows.kernel()[axis]);
  }

  /**
   * Windows that reach over the input by more on one side, or by more than half of their length.
   */
  private static Value over(
      OpNode node, Scope scope, Computed x, Windows windows, List<Dim> shape, boolean maximum) {
    boolean ceil = node.number("ceil_mode", 0) != 0;
    boolean counts = node.number("count_include_pad", 0) != 0;
    if (ceil && counts && !maximum) {
      throw new IllegalArgumentException(
          "counts other padding before than behind, and windows that are not filled");
    }
    if (!maximum && Arrays.stream(windows.dilation()).anyMatch(apart -> apart != 1)) {
      throw new IllegalArgumentException("is a mean of windows with gaps");
    }
    int[] after = windows.after().clone();
    for (int axis = 0; axis < windows.rank() && ceil; axis++) {
      long last = (shape.get(axis + 2).value() - 1) * windows.stride()[axis];
      long reached = last + windows.extent(axis) - windows.before()[axis];
      long more = reached - x.shape().get(axis + 2).value();
      after[axis] = Math.toIntExact(Math.max(after[axis], more));
    }
    String label = scope.label(node);
    if (!maximum && !counts) {
      SlidingWindows sliding = new SlidingWindows(list(windows.kernel()), list(windows.stride()));
      Layer means = new PaddedAvgPool(sliding, list(windows.before()), list(after));
      return scope.graph.add(label, means, x, shape);
    }
    Windows wide =
        new Windows(
            windows.kernel(), windows.stride(), windows.dilation(), windows.before(), after);
    Value source = ConvOps.padded(label, scope, x, wide, maximum ? -Float.MAX_VALUE : 0);
    PoolSpec spec =
        PoolSpec.of(windows.kernel()).withStride(windows.stride()).withDilation(windows.dilation());
    return scope.graph.add(label, maximum ? maximum(spec) : mean(spec), source, shape);
  }

  private static List<Integer> list(int... numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static Dim length(Windows windows, int axis, Dim input, boolean ceil) {
    if (!ceil || !input.fixed()) {
      return ceil ? Dim.OPEN : windows.length(axis, input);
    }
    long stride = windows.stride()[axis];
    long before = windows.before()[axis];
    long room = input.constant() + before + windows.after()[axis] - windows.extent(axis);
    long last = Math.floorDiv(room + stride - 1, stride);
    return Dim.of(last * stride >= input.constant() + before ? last : last + 1);
  }

  /**
   * Whether windows with the padding of the begin on both sides, of which the last need not be
   * filled, are the same as those with their own padding.
   */
  private static boolean reachesOver(Windows windows, Computed x) {
    for (int axis = 0; axis < windows.rank(); axis++) {
      Dim length = x.shape().get(axis + 2);
      int before = windows.before()[axis];
      if (!length.fixed()
          || windows.after()[axis] < before
          || before * 2 > windows.kernel()[axis]) {
        return false;
      }
      Windows same =
          new Windows(
              windows.kernel(),
              windows.stride(),
              windows.dilation(),
              windows.before(),
              windows.before());
      if (!length(same, axis, length, true).equals(windows.length(axis, length))) {
        return false;
      }
    }
    return true;
  }
}
