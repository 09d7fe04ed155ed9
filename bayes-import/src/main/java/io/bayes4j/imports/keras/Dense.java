package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.BatchNorm3d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Linear;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Dense layers, tables and normalizations of Keras. */
final class Dense {
  private Dense() {}

  static Value dense(Net net, KerasLayer layer, List<Value> read) {
    Value x = read.get(0);
    StoredArray kernel = layer.stored(0, 2);
    long inputs = kernel.size(0);
    long units = kernel.size(1);
    boolean bias = layer.bias();
    Optional<List<Integer>> images =
        x.flattened().filter(shape -> Detached.length(lengths(shape)) == inputs);
    Value in = images.isPresent() ? x : net.same(x);
    Layer linear =
        net.tied(
            layer,
            "dense",
            () -> {
              INDArray weight =
                  images.isPresent() ? reordered(kernel, images.get()) : Kernels.dense(kernel);
              Optional<INDArray> given = bias ? Optional.of(layer.weight(1, 1)) : Optional.empty();
              return new Linear(inputs, units, bias, Init.given(weight, given));
            });
    String node = net.add(layer.name(), linear, in.node());
    List<Integer> shape = new ArrayList<>(in.shape().subList(0, in.rank() - 1));
    shape.add((int) units);
    return Functions.after(net, layer, Value.same(node, shape));
  }

  private static long[] lengths(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }

  /** A kernel whose rows are of images with channels last as a weight for channels first. */
  private static INDArray reordered(StoredArray kernel, List<Integer> images) {
    int last = images.size() - 1;
    long inputs = kernel.size(0);
    long units = kernel.size(1);
    long[] shape =
        LongStream.concat(LongStream.of(lengths(images)), LongStream.of(units)).toArray();
    int[] axes = IntStream.concat(IntStream.of(last), IntStream.range(0, last)).toArray();
    INDArray moved = kernel.reshaped(shape).lastFirst(axes);
    return Detached.view(moved, 0, new long[] {units, inputs}, inputs, 1);
  }

  static Value embedding(Net net, KerasLayer layer, List<Value> inputs) {
    if (layer.options().flag(false, "mask_zero")) {
      throw new Unsupported("mask_zero");
    }
    StoredArray table = layer.stored(0, 2);
    Layer embedding =
        net.weighted(
            layer,
            "table",
            () -> new Embedding(table.size(0), table.size(1), Net.INIT),
            Map.of("weight", table.array()));
    Value x = net.same(inputs.get(0));
    String node = net.add(layer.name(), embedding, x.node());
    List<Integer> shape = new ArrayList<>(x.given().orElse(List.of(-1)));
    shape.add((int) table.size(1));
    return Value.same(node, shape);
  }

  static Value batchNorm(Net net, KerasLayer layer, List<Value> inputs) {
    Options options = layer.options();
    if (options.has("mode") && options.integer("mode") != 0) {
      throw new Unsupported("mode " + options.integer("mode"));
    }
    Value x = net.unflattened(inputs.get(0));
    int rank = x.rank();
    int axis = options.has("axis") ? options.integer("axis") : -1;
    boolean last = axis == -1 || axis == rank;
    if (!last && axis != 1) {
      throw new Unsupported("axis " + axis);
    }
    Value in = last ? net.moved(x) : net.same(x);
    boolean scale = options.flag(true, "scale");
    boolean center = options.flag(true, "center");
    int first = (scale ? 1 : 0) + (center ? 1 : 0);
    INDArray mean = layer.weight(first, 1);
    long channels = mean.length();
    Map<String, INDArray> weights = new HashMap<>();
    weights.put("weight", scale ? layer.weight(0, 1) : Detached.full(1, channels));
    weights.put("bias", center ? layer.weight(first - 1, 1) : Detached.zeros(channels));
    weights.put("running_mean", mean);
    weights.put("running_var", layer.weight(first + 1, 1));
    BatchNormSpec spec =
        BatchNormSpec.of(channels)
            .withEpsilon(options.number(1e-3, "epsilon"))
            .withMomentum(1 - options.number(0.99, "momentum"));
    Layer norm =
        net.weighted(
            layer,
            "norm",
            () ->
                switch (rank) {
                  case 1, 2 -> new BatchNorm1d(spec);
                  case 3 -> new BatchNorm2d(spec);
                  default -> new BatchNorm3d(spec);
                },
            weights);
    return in.at(net.add(layer.name(), norm, in.node()));
  }

  static Value layerNorm(Net net, KerasLayer layer, List<Value> inputs) {
    Options options = layer.options();
    Value x = net.same(inputs.get(0));
    JsonNode axis = options.get("axis");
    int only = axis.isArray() && axis.size() == 1 ? axis.get(0).asInt() : axis.asInt(-1);
    boolean last =
        (axis.isMissingNode() || axis.isNumber() || axis.size() == 1)
            && (only == -1 || only == x.rank());
    if (!last || options.flag(false, "rms_scaling")) {
      throw new Unsupported("other axes than the last, or rms_scaling");
    }
    int channels = x.channels();
    Map<String, INDArray> weights = scaleAndShift(layer);
    double epsilon = options.number(1e-3, "epsilon");
    Layer norm =
        net.weighted(
            layer, "norm", () -> new LayerNorm(epsilon, !weights.isEmpty(), channels), weights);
    return x.at(net.add(layer.name(), norm, x.node()));
  }

  /** Empty if there is neither. */
  private static Map<String, INDArray> scaleAndShift(KerasLayer layer) {
    boolean scale = layer.options().flag(true, "scale");
    boolean center = layer.options().flag(true, "center");
    if (!scale && !center) {
      return Map.of();
    }
    long channels = layer.stored(0, 1).length();
    Map<String, INDArray> weights = new HashMap<>();
    weights.put("weight", scale ? layer.weight(0, 1) : Detached.full(1, channels));
    weights.put("bias", center ? layer.weight(scale ? 1 : 0, 1) : Detached.zeros(channels));
    return weights;
  }

  static Value groupNorm(Net net, KerasLayer layer, List<Value> inputs) {
    Options options = layer.options();
    Value x = net.unflattened(inputs.get(0));
    int axis = options.has("axis") ? options.integer("axis") : -1;
    if (axis != -1 && axis != x.rank()) {
      throw new Unsupported("axis " + axis);
    }
    Value in = net.moved(x);
    int channels = x.channels();
    int wanted = options.has("groups") ? options.integer("groups") : 32;
    int groups = wanted == -1 ? channels : wanted;
    double epsilon = options.number(1e-3, "epsilon");
    Map<String, INDArray> weights = scaleAndShift(layer);
    Layer norm =
        net.weighted(
            layer,
            "norm",
            () -> new GroupNorm(groups, channels, epsilon, !weights.isEmpty()),
            weights);
    return in.at(net.add(layer.name(), norm, in.node()));
  }
}
