package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.ProtoWriter.number;
import static io.bayes4j.imports.onnx.ProtoWriter.numbers;
import static io.bayes4j.imports.onnx.ProtoWriter.real;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.imports.onnx.Exports.Place;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.ChannelNorm;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.InstanceNorm;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Normalisations. */
final class ExportNorms {
  private ExportNorms() {}

  static Optional<String> write(Layer layer, Place place) {
    ProtoWriter out = place.out();
    if (layer instanceof BatchNorm norm) {
      return Optional.of(batch(norm, place));
    }
    if (layer instanceof LayerNorm norm) {
      return Optional.of(layer(norm, norm.epsilon(), place, place.x(), norm.shape()));
    }
    if (layer instanceof InstanceNorm norm) {
      long channels = place.shape()[1];
      List<String> inputs =
          List.of(
              place.x(),
              scale(norm, "weight", place, channels),
              scale(norm, "bias", place, channels));
      return Optional.of(out.op("InstanceNormalization", inputs, real("epsilon", norm.epsilon())));
    }
    if (layer instanceof GroupNorm norm) {
      return Optional.of(group(norm, place));
    }
    if (layer instanceof ChannelNorm norm) {
      int rank = place.rank();
      long[] last = new long[rank];
      long[] back = new long[rank];
      Arrays.setAll(last, i -> i == 0 ? 0 : i % (rank - 1) + 1);
      Arrays.setAll(back, i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1);
      String moved = out.op("Transpose", place.x(), numbers("perm", last));
      String y = layer(norm, norm.epsilon(), place, moved, place.shape()[1]);
      return Optional.of(out.op("Transpose", y, numbers("perm", back)));
    }
    return Optional.empty();
  }

  /** A parameter, or what a layer without it has: a scale of one, a shift of zero. */
  private static String scale(Layer layer, String name, Place place, long... shape) {
    Parameter parameter = layer.parameters().get(name);
    return place
        .out()
        .floats(
            name,
            parameter == null
                ? Detached.full(name.equals("weight") ? 1 : 0, shape)
                : parameter.value());
  }

  private static String batch(BatchNorm layer, Place place) {
    if (!layer.spec().runningStatistics()) {
      throw new IllegalArgumentException("predicts with the statistics of its batch");
    }
    long channels = layer.spec().channels();
    List<String> inputs =
        List.of(
            place.x(),
            scale(layer, "weight", place, channels),
            scale(layer, "bias", place, channels),
            buffer(layer, "running_mean", place),
            buffer(layer, "running_var", place));
    return place.out().op("BatchNormalization", inputs, real("epsilon", layer.spec().epsilon()));
  }

  private static String buffer(BatchNorm layer, String name, Place place) {
    return place.out().floats(name, Objects.requireNonNull(layer.buffers().get(name), name));
  }

  private static String layer(Layer layer, double epsilon, Place place, String x, long... shape) {
    List<String> inputs =
        List.of(x, scale(layer, "weight", place, shape), scale(layer, "bias", place, shape));
    return place
        .out()
        .op("LayerNormalization", inputs, number("axis", -shape.length), real("epsilon", epsilon));
  }

  /** Each group as a channel of its own, then every channel's scale and shift. */
  private static String group(GroupNorm layer, Place place) {
    ProtoWriter out = place.out();
    int groups = layer.groups();
    String split = out.op("Reshape", List.of(place.x(), out.longs("groups", 0, groups, -1)));
    String ones = out.floats("ones", Detached.full(1, groups));
    String zeros = out.floats("zeros", Detached.zeros(groups));
    String even =
        out.op(
            "InstanceNormalization", List.of(split, ones, zeros), real("epsilon", layer.epsilon()));
    String joined = out.op("Reshape", List.of(even, out.op("Shape", place.x())));
    if (layer.parameters().isEmpty()) {
      return joined;
    }
    long[] shape = new long[place.rank() - 1];
    Arrays.fill(shape, 1);
    shape[0] = place.shape()[1];
    String lengths = out.longs("shape", shape);
    String weight = ExportWeights.parameter(layer, "weight", place);
    String bias = ExportWeights.parameter(layer, "bias", place);
    String scaled = out.op("Mul", List.of(joined, out.op("Reshape", List.of(weight, lengths))));
    return out.op("Add", List.of(scaled, out.op("Reshape", List.of(bias, lengths))));
  }
}
