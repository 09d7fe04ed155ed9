package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.MultiInputLayer;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Resize;
import io.bayes4j.layers.ScaleShift;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Layers of Keras without weights: shapes, sums of branches, noise of training. */
final class Rearranging {
  private Rearranging() {}

  static Value flatten(Net net, KerasLayer layer, List<Value> inputs) {
    Value x = inputs.get(0);
    if (x.rank() == 1) {
      return x;
    }
    boolean known = x.shape().stream().allMatch(length -> length > 0);
    Value in = known ? x : net.same(x);
    String node = net.add(layer.name(), new Flatten(), in.node());
    int length = known ? x.shape().stream().reduce(1, Math::multiplyExact) : -1;
    boolean onePlace = x.shape().subList(0, x.rank() - 1).stream().allMatch(one -> one == 1);
    Optional<List<Integer>> order =
        in.moved() && !onePlace ? Optional.of(x.shape()) : Optional.empty();
    return new Value(node, Optional.of(List.of(length)), false, order);
  }

  static Value reshape(Net net, KerasLayer layer, List<Value> inputs) {
    Value x = net.same(inputs.get(0));
    List<Integer> target = new ArrayList<>(Options.numbers(layer.options().get("target_shape")));
    List<Long> shape = new ArrayList<>(List.of(0L));
    target.forEach(length -> shape.add((long) length));
    String node = net.add(layer.name(), new Reshape(shape), x.node());
    int open = target.indexOf(-1);
    Optional<List<Integer>> whole =
        x.given().filter(lengths -> lengths.stream().allMatch(length -> length > 0));
    if (open >= 0 && whole.isPresent()) {
      int all = whole.get().stream().reduce(1, Math::multiplyExact);
      int rest = target.stream().filter(n -> n != -1).reduce(1, Math::multiplyExact);
      target.set(open, all / Math.max(rest, 1));
    }
    return Value.same(node, List.copyOf(target));
  }

  static Value permute(Net net, KerasLayer layer, List<Value> inputs) {
    Value x = net.same(inputs.get(0));
    List<Integer> dims = Options.numbers(layer.options().get("dims"));
    if (dims.size() != x.rank()) {
      throw new Unsupported("dims must name all axes of its input");
    }
    int[] axes = IntStream.concat(IntStream.of(0), dims.stream().mapToInt(d -> d)).toArray();
    List<Integer> shape = dims.stream().map(d -> x.shape().get(d - 1)).toList();
    return Value.same(net.add(layer.name(), Permute.of(axes), x.node()), shape);
  }

  static Value dropout(Net net, KerasLayer layer, List<Value> inputs) {
    double p = layer.options().number(0.5, "rate", "p");
    if (layer.type().startsWith("Spatial")) {
      net.note(layer.type() + " drops single elements here when it trains, not whole channels");
    }
    return net.elementwise(layer.name(), new Dropout(p), inputs.get(0));
  }

  /** What only acts in training, and is not here. */
  static Value trainingOnly(Net net, KerasLayer layer, List<Value> inputs) {
    net.note(layer.type() + " \"" + KerasFile.clean(layer.name()) + "\" acts in training alone");
    return inputs.get(0);
  }

  static Value nothing(Net net, KerasLayer layer, List<Value> inputs) {
    return inputs.get(0);
  }

  static Value rescaling(Net net, KerasLayer layer, List<Value> inputs) {
    double scale = layer.options().number(1, "scale");
    double offset = layer.options().number(0, "offset");
    return net.elementwise(layer.name(), new ScaleShift(scale, offset), inputs.get(0));
  }

  static KerasKind arithmetic(Arithmetic operation, boolean mean) {
    return (net, layer, inputs) -> {
      Value sum = merged(net, layer, operation, inputs);
      boolean several = mean && inputs.size() > 1;
      ScaleShift share = new ScaleShift(1.0 / inputs.size(), 0);
      return several ? net.elementwise(layer.name() + "_mean", share, sum) : sum;
    };
  }

  private static Value merged(
      Net net, KerasLayer layer, MultiInputLayer operation, List<Value> inputs) {
    if (inputs.size() == 1) {
      return inputs.get(0);
    }
    List<Value> in = alike(net, inputs);
    String[] nodes = in.stream().map(Value::node).toArray(String[]::new);
    List<Integer> shape = in.get(0).shape();
    for (Value value : in) {
      if (value.rank() != in.get(0).rank()) {
        throw new Unsupported("inputs of unlike rank");
      }
      shape = broadcast(shape, value.shape());
    }
    String node = net.add(layer.name(), operation, nodes);
    return new Value(node, Optional.of(shape), in.get(0).moved(), in.get(0).flattened());
  }

  private static List<Integer> broadcast(List<Integer> a, List<Integer> b) {
    return IntStream.range(0, a.size()).mapToObj(i -> a.get(i) == 1 ? b.get(i) : a.get(i)).toList();
  }

  /** All with the channels at the same place: first if one of them has them first. */
  private static List<Value> alike(Net net, List<Value> inputs) {
    boolean sameOrder =
        inputs.stream().allMatch(v -> v.flattened().equals(inputs.get(0).flattened()));
    boolean moved = inputs.stream().anyMatch(Value::moved);
    return inputs.stream()
        .map(v -> sameOrder ? v : net.same(v))
        .map(v -> moved ? net.moved(v) : v)
        .toList();
  }

  static Value concatenate(Net net, KerasLayer layer, List<Value> inputs) {
    int axis = layer.options().has("axis") ? layer.options().integer("axis") : -1;
    return concatenate(net, layer, inputs, axis);
  }

  static Value concatenate(Net net, KerasLayer layer, List<Value> inputs, int axis) {
    int rank = inputs.get(0).rank();
    int at = axis < 0 ? axis + rank : axis - 1;
    boolean flat = inputs.stream().anyMatch(v -> v.flattened().isPresent());
    List<Value> in = flat ? inputs.stream().map(net::same).toList() : alike(net, inputs);
    boolean moved = in.get(0).moved();
    int here = !moved ? at + 1 : at == rank - 1 ? 1 : at + 2;
    String[] nodes = in.stream().map(Value::node).toArray(String[]::new);
    List<Integer> shape = new ArrayList<>(in.get(0).shape());
    int sum = 0;
    for (Value value : in) {
      int length = value.shape().get(at);
      sum = length < 0 || sum < 0 ? -1 : sum + length;
    }
    shape.set(at, sum);
    String node = net.add(layer.name(), new Concat(here), nodes);
    return Value.of(node, shape, moved);
  }

  /** Keras 1: one class for all, by its option "mode". */
  static Value merge(Net net, KerasLayer layer, List<Value> inputs) {
    String mode = layer.options().text("sum", "mode");
    return switch (mode) {
      case "sum" -> arithmetic(Arithmetic.ADD, false).add(net, layer, inputs);
      case "ave" -> arithmetic(Arithmetic.ADD, true).add(net, layer, inputs);
      case "mul" -> arithmetic(Arithmetic.MUL, false).add(net, layer, inputs);
      case "concat" ->
          concatenate(net, layer, inputs, (int) layer.options().number(-1, "concat_axis"));
      default -> throw new Unsupported("mode " + KerasFile.clean(mode));
    };
  }

  static KerasKind padding(int rank, boolean crops) {
    return (net, layer, inputs) -> {
      Images images = Images.of(net, layer, inputs.get(0), rank);
      int[][] sides = sides(layer.options().get(crops ? "cropping" : "padding"), rank);
      List<Integer> before = new ArrayList<>(List.of(0, 0));
      List<Integer> after = new ArrayList<>(List.of(0, 0));
      List<Integer> lengths = new ArrayList<>();
      int sign = crops ? -1 : 1;
      for (int axis = 0; axis < rank; axis++) {
        before.add(sign * sides[axis][0]);
        after.add(sign * sides[axis][1]);
        int n = images.spatial().get(axis);
        lengths.add(n < 0 ? -1 : n + sign * (sides[axis][0] + sides[axis][1]));
      }
      Pad pad = new Pad(before, after, PaddingMode.ZEROS, 0);
      String node = net.add(layer.name(), pad, images.value().node());
      return images.result(node, lengths, images.channels());
    };
  }

  /** One number, one for each axis, or two for each axis. */
  private static int[][] sides(JsonNode node, int rank) {
    int[][] sides = new int[rank][2];
    boolean pair = rank == 1 && node.isArray() && node.size() == 2;
    for (int axis = 0; axis < rank; axis++) {
      JsonNode own = node.isArray() && !pair ? node.path(axis) : node;
      boolean two = own.isArray();
      if (two ? own.size() != 2 : !own.isInt()) {
        throw new Unsupported("padding " + node);
      }
      sides[axis][0] = two ? own.get(0).asInt() : own.asInt();
      sides[axis][1] = two ? own.get(1).asInt() : own.asInt();
    }
    return sides;
  }

  static KerasKind upSampling(int rank) {
    return (net, layer, inputs) -> {
      Images images = Images.of(net, layer, inputs.get(0), rank);
      List<Integer> size = layer.options().axes(rank, "size", "length");
      String how = layer.options().text("nearest", "interpolation");
      boolean nearest = how.equals("nearest");
      if (!nearest && !how.equals("bilinear")) {
        throw new Unsupported("interpolation " + KerasFile.clean(how));
      }
      List<Double> scales = size.stream().map(Integer::doubleValue).toList();
      Resize resize =
          new Resize(
              nearest ? Resize.Mode.NEAREST_FLOOR : Resize.Mode.LINEAR,
              nearest ? Resize.Places.ASYMMETRIC : Resize.Places.HALF_PIXEL,
              scales,
              List.of());
      String node = net.add(layer.name(), resize, images.value().node());
      List<Integer> lengths =
          IntStream.range(0, rank)
              .mapToObj(
                  i -> images.spatial().get(i) < 0 ? -1 : images.spatial().get(i) * size.get(i))
              .toList();
      return images.result(node, lengths, images.channels());
    };
  }

  static Value repeat(Net net, KerasLayer layer, List<Value> inputs) {
    Value x = net.same(inputs.get(0));
    int n = layer.options().integer("n");
    if (x.rank() != 1 || n < 1 || n > 1 << 12) {
      throw new Unsupported("n must be in 1 to 4096, of a vector");
    }
    String row = net.add(layer.name() + "_row", Reshape.of(0, 1, x.channels()), x.node());
    String[] rows = new String[n];
    Arrays.fill(rows, row);
    String node = n == 1 ? row : net.add(layer.name(), new Concat(1), rows);
    List<Integer> shape = new ArrayList<>(Collections.nCopies(1, n));
    shape.add(x.channels());
    return Value.same(node, shape);
  }
}
