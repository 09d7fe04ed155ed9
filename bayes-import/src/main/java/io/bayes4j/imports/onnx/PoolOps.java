package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
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
    long[] given = node.numbers("kernel_shape");
    if (given == null) {
      throw new IllegalArgumentException("has no window");
    }
    int[] kernel = Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
    Windows windows = Windows.of(node, x, kernel);
    boolean ceil = node.number("ceil_mode", 0) != 0;
    boolean counts = node.number("count_include_pad", 0) != 0;
    PoolSpec spec =
        PoolSpec.of(kernel).withStride(windows.stride()).withDilation(windows.dilation());
    spec = maximum || counts ? spec : spec.withoutCountingPadding();
    Value source = x;
    if (windows.symmetric()) {
      spec =
          ceil
              ? spec.withPadding(windows.before()).withCeilMode()
              : spec.withPadding(windows.before());
    } else if (!ceil && (maximum || !counts) && reachesOver(windows, x)) {
      // The last window reaches over the end by as much as is padded there.
      spec = spec.withPadding(windows.before()).withCeilMode();
    } else if (!ceil && (maximum || counts)) {
      double filler = maximum ? -Float.MAX_VALUE : 0;
      source = ConvOps.padded(scope.label(node), scope, x, windows, filler);
    } else {
      throw new IllegalArgumentException("has other padding before than behind");
    }
    List<Dim> shape = new ArrayList<>(x.shape().subList(0, 2));
    for (int axis = 0; axis < windows.rank(); axis++) {
      shape.add(length(windows, axis, x.shape().get(axis + 2), ceil));
    }
    return scope.graph.add(scope.label(node), maximum ? maximum(spec) : mean(spec), source, shape);
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
