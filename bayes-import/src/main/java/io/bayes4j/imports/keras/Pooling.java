package io.bayes4j.imports.keras;

import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.imports.parts.GlobalMaxPool;
import io.bayes4j.imports.parts.SameAvgPool;
import io.bayes4j.imports.parts.SamePad;
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
import io.bayes4j.layers.Reshape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Pools of Keras, with windows or over all places. */
final class Pooling {
  private Pooling() {}

  static KerasKind windows(int rank, boolean maximum) {
    return (net, layer, inputs) -> add(net, layer, inputs.get(0), rank, maximum);
  }

  private static Value add(Net net, KerasLayer layer, Value input, int rank, boolean maximum) {
    Images images = Images.of(net, layer, input, rank);
    Options options = layer.options();
    List<Integer> size = options.axes(rank, "pool_size", "pool_length");
    boolean own = !options.get("strides", "stride").isMissingNode();
    List<Integer> stride = own ? options.axes(rank, "strides", "stride") : size;
    SlidingWindows windows = new SlidingWindows(size, stride);
    boolean same = options.text("valid", "padding", "border_mode").equals("same");
    if (same && layer.file().isTheano()) {
      throw new Unsupported("\"same\" padding of Theano");
    }
    PoolSpec spec = PoolSpec.of(array(size)).withStride(array(stride));
    Optional<int[]> even =
        same ? windows.evenPadding(images.spatial()) : Optional.of(new int[rank]);
    List<Integer> lengths = same ? windows.same(images.spatial()) : windows.valid(images.spatial());
    String node = images.value().node();
    if (even.isEmpty() && !maximum) {
      String pool = net.add(layer.name(), new SameAvgPool(windows), node);
      return images.result(pool, lengths, images.channels());
    }
    if (even.isEmpty()) {
      // Repeated edges leave a maximum as it is: each window that has some has the edge itself.
      SamePad pad = new SamePad(windows, PaddingMode.REPLICATE);
      node = net.add(layer.name() + "_pad", pad, node);
    } else {
      spec = spec.withPadding(even.get());
    }
    Layer pool = maximum ? maximum(rank, spec) : mean(rank, spec.withoutCountingPadding());
    return images.result(net.add(layer.name(), pool, node), lengths, images.channels());
  }

  private static Layer maximum(int rank, PoolSpec spec) {
    return switch (rank) {
      case 1 -> new MaxPool1d(spec);
      case 2 -> new MaxPool2d(spec);
      default -> new MaxPool3d(spec);
    };
  }

  private static Layer mean(int rank, PoolSpec spec) {
    return switch (rank) {
      case 1 -> new AvgPool1d(spec);
      case 2 -> new AvgPool2d(spec);
      default -> new AvgPool3d(spec);
    };
  }

  static KerasKind global(int rank, boolean maximum) {
    return (net, layer, inputs) -> {
      Images images = Images.of(net, layer, inputs.get(0), rank);
      Layer pool = maximum ? new GlobalMaxPool() : new GlobalAvgPool();
      String node = net.add(layer.name(), pool, images.value().node());
      if (!layer.options().flag(false, "keepdims")) {
        return Value.same(node, List.of(images.channels()));
      }
      List<Long> shape = new ArrayList<>(List.of(0L, 0L));
      shape.addAll(Collections.nCopies(rank, 1L));
      node = net.add(layer.name() + "_axes", new Reshape(shape), node);
      return images.result(node, Collections.nCopies(rank, 1), images.channels());
    };
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
