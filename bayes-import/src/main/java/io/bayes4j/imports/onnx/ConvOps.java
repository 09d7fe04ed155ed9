package io.bayes4j.imports.onnx;

import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.Conv3d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose1d;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.ConvTranspose3d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Resize;
import io.bayes4j.layers.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.OnnxMl.AttributeProto;

/** Convolutions, and what makes images larger. */
final class ConvOps {
  private ConvOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("Conv", ConvOps::conv);
    all.put("ConvTranspose", ConvOps::transposed);
    all.put("Resize", ConvOps::resize);
    all.put("Upsample", ConvOps::resize);
  }

  private static int[] kernel(Tensor weight) {
    if (weight.rank() < 3) {
      throw new IllegalArgumentException("has a kernel without spatial axes");
    }
    return Arrays.stream(weight.shape()).skip(2).mapToInt(Math::toIntExact).toArray();
  }

  private static ConvSpec spec(long in, long out, Windows windows, int groups, boolean bias) {
    List<Integer> kernel = Arrays.stream(windows.kernel()).boxed().toList();
    ConvSpec spec =
        ConvSpec.of(in, out, kernel)
            .withStride(windows.stride())
            .withDilation(windows.dilation())
            .withGroups(groups);
    return bias ? spec : spec.withoutBias();
  }

  private static Init weights(Tensor weight, Optional<Tensor> bias) {
    return Init.given(weight.array(), bias.map(tensor -> tensor.array(tensor.length())));
  }

  private static Value conv(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    Tensor weight = scope.constant(node, 1);
    Optional<Tensor> bias = scope.optional(node, 2);
    Windows windows = Windows.of(node, x, kernel(weight));
    int groups = Math.toIntExact(node.number("group", 1));
    long in = Math.multiplyExact(weight.size(1), groups);
    requireChannels(x, in);
    ConvSpec spec = spec(in, weight.size(0), windows, groups, bias.isPresent());
    Value source = x;
    if (windows.symmetric()) {
      spec = spec.withPadding(windows.before());
    } else {
      source = padded(scope.label(node), scope, x, windows, 0);
    }
    Layer layer = layer(scope, spec, weight, bias);
    List<Dim> shape = new ArrayList<>(List.of(x.shape().get(0), Dim.of(weight.size(0))));
    for (int axis = 0; axis < windows.rank(); axis++) {
      shape.add(windows.length(axis, x.shape().get(axis + 2)));
    }
    return scope.graph.add(scope.label(node), layer, source, shape);
  }

  private static Layer layer(Scope scope, ConvSpec spec, Tensor weight, Optional<Tensor> bias) {
    return scope.sharing.layer(
        List.of("Conv", spec),
        arrays(weight, bias),
        () ->
            switch (weight.rank()) {
              case 3 -> new Conv1d(spec, weights(weight, bias));
              case 4 -> new Conv2d(spec, weights(weight, bias));
              default -> new Conv3d(spec, weights(weight, bias));
            });
  }

  private static List<Tensor> arrays(Tensor weight, Optional<Tensor> bias) {
    return Stream.concat(Stream.of(weight), bias.stream()).toList();
  }

  private static void requireChannels(Computed x, long channels) {
    if (!x.shape().get(1).equals(Dim.of(channels))) {
      throw new IllegalArgumentException(
          "has weights for " + channels + " channels, and reads " + Dim.text(x.shape()));
    }
  }

  /** The input with the padding of windows around it. */
  static Value padded(String label, Scope scope, Computed x, Windows windows, double value) {
    List<Integer> before = new ArrayList<>(List.of(0, 0));
    List<Integer> after = new ArrayList<>(List.of(0, 0));
    Arrays.stream(windows.before()).forEach(before::add);
    Arrays.stream(windows.after()).forEach(after::add);
    Pad pad = new Pad(before, after, PaddingMode.ZEROS, value);
    return SelectionOps.padded(label + "_pad", scope, x, pad);
  }

  private static Value transposed(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    Tensor weight = scope.constant(node, 1);
    Optional<Tensor> bias = scope.optional(node, 2);
    int groups = Math.toIntExact(node.number("group", 1));
    Windows windows = Windows.of(without(node), x, kernel(weight));
    int[] more = Windows.numbers(node, "output_padding", windows.rank(), 0);
    windows = ofOutput(node, x, windows, more);
    requireChannels(x, weight.size(0));
    ConvSpec spec =
        spec(
                weight.size(0),
                Math.multiplyExact(weight.size(1), groups),
                windows,
                groups,
                bias.isPresent())
            .withOutputPadding(more);
    if (windows.symmetric()) {
      spec = spec.withPadding(windows.before());
    }
    Layer layer = transposedLayer(scope, spec, weight, bias);
    List<Dim> shape = new ArrayList<>(List.of(x.shape().get(0), Dim.of(spec.outChannels())));
    for (int axis = 0; axis < windows.rank(); axis++) {
      Dim steps = x.shape().get(axis + 2).minus(Dim.of(1)).times(Dim.of(windows.stride()[axis]));
      int sides = windows.symmetric() ? 2 * windows.before()[axis] : 0;
      shape.add(steps.plus(Dim.of((long) windows.extent(axis) + more[axis] - sides)));
    }
    Value y = scope.graph.add(scope.label(node), layer, x, shape);
    return windows.symmetric() ? y : cropped(node, scope, y, windows);
  }

  private static Layer transposedLayer(
      Scope scope, ConvSpec spec, Tensor weight, Optional<Tensor> bias) {
    return scope.sharing.layer(
        List.of("ConvTranspose", spec),
        arrays(weight, bias),
        () ->
            switch (weight.rank()) {
              case 3 -> new ConvTranspose1d(spec, weights(weight, bias));
              case 4 -> new ConvTranspose2d(spec, weights(weight, bias));
              default -> new ConvTranspose3d(spec, weights(weight, bias));
            });
  }

  /**
   * The padding that makes an output of the length that is asked for; where it must be longer, it
   * is so behind.
   */
  private static Windows ofOutput(OpNode node, Computed x, Windows windows, int... more) {
    String auto = node.text("auto_pad", "NOTSET");
    if (!node.has("output_shape") && !auto.startsWith("SAME")) {
      return windows;
    }
    long[] lengths = node.numbers("output_shape").orElseGet(() -> new long[0]);
    int[] before = windows.before().clone();
    int[] after = windows.after().clone();
    for (int axis = 0; axis < windows.rank(); axis++) {
      long length = x.shape().get(axis + 2).value();
      int stride = windows.stride()[axis];
      int from = lengths.length - windows.rank() + axis;
      long wanted = lengths.length == 0 ? length * stride : lengths[from];
      long all = (length - 1) * stride + windows.extent(axis) + more[axis];
      int total = Math.toIntExact(Math.max(0, all - wanted));
      more[axis] += Math.toIntExact(Math.max(0, wanted - all));
      int small = total / 2;
      before[axis] = auto.equals("SAME_UPPER") ? small : total - small;
      after[axis] = total - before[axis];
    }
    return new Windows(windows.kernel(), windows.stride(), windows.dilation(), before, after);
  }

  private static OpNode without(OpNode node) {
    Map<String, AttributeProto> rest = new HashMap<>(node.attributes());
    rest.remove("auto_pad");
    return new OpNode(node.type(), node.name(), node.inputs(), node.outputs(), rest);
  }

  private static Value cropped(OpNode node, Scope scope, Value y, Windows windows) {
    List<Integer> before = new ArrayList<>(List.of(0, 0));
    List<Integer> after = new ArrayList<>(List.of(0, 0));
    Arrays.stream(windows.before()).forEach(n -> before.add(-n));
    Arrays.stream(windows.after()).forEach(n -> after.add(-n));
    return SelectionOps.padded(
        scope.label(node) + "_crop", scope, y, new Pad(before, after, PaddingMode.ZEROS, 0));
  }

  private static Tensor vector(float... numbers) {
    return Tensor.ofFloats(() -> numbers, numbers.length);
  }

  private static Value resize(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    boolean old = scope.opset < 11;
    int at = old ? 1 : 2;
    Optional<Tensor> scales =
        node.has("scales")
            ? Optional.of(vector(node.requireReals("scales")))
            : scope.optional(node, at).filter(tensor -> tensor.length() > 0);
    Optional<List<Dim>> sizes =
        old || node.input(3).isEmpty()
            ? Optional.empty()
            : Optional.of(scope.requireLengths(node, 3));
    requirePlain(node);
    int axes = x.rank() - 2;
    List<Double> factors = List.of();
    List<Integer> lengths = List.of();
    if (sizes.isPresent()) {
      lengths = sizes.get().stream().skip(2).map(dim -> Math.toIntExact(dim.value())).toList();
    } else {
      float[] all =
          scales.orElseThrow(() -> new IllegalArgumentException("has no scales")).floats();
      factors = IntStream.range(2, all.length).mapToObj(i -> (double) all[i]).toList();
      if (all.length != x.rank() || all[0] != 1 || all[1] != 1) {
        throw new IllegalArgumentException("changes the number of examples or channels");
      }
    }
    if (axes < 1 || Math.max(lengths.size(), factors.size()) != axes) {
      throw new IllegalArgumentException("has sizes for other axes than the spatial ones");
    }
    Resize layer = layer(node, old, factors, lengths);
    List<Dim> shape = resized(layer, x.shape());
    boolean ones = shape.subList(2, x.rank()).contains(Dim.of(1));
    if (ones && node.text("coordinate_transformation_mode", "").equals("pytorch_half_pixel")) {
      return tillOneIsLeft(scope, scope.label(node), layer, x, shape);
    }
    return scope.graph.add(scope.label(node), layer, x, shape);
  }

  private static void requirePlain(OpNode node) {
    if (node.has("axes")
        || node.number("antialias", 0) != 0
        || !node.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      throw new IllegalArgumentException("has options of newer versions");
    }
  }

  /** PyTorch takes the first element of an axis of which one is left, not that in the middle. */
  private static Value tillOneIsLeft(
      Scope scope, String label, Resize layer, Computed x, List<Dim> shape) {
    Value first = x;
    List<Integer> lengths = new ArrayList<>();
    for (int axis = 2; axis < x.rank(); axis++) {
      lengths.add(Math.toIntExact(shape.get(axis).value()));
      if (shape.get(axis).equals(Dim.of(1))) {
        List<Dim> left = new ArrayList<>(first.dims());
        left.set(axis, Dim.of(1));
        first = scope.graph.add(label + "_first", Slice.of(axis, 0, 1), first, left);
      }
    }
    List<Double> scales = new ArrayList<>(layer.scales());
    IntStream.range(0, scales.size())
        .filter(i -> lengths.get(i) == 1)
        .forEach(i -> scales.set(i, 1.0));
    Resize rest =
        new Resize(layer.mode(), layer.places(), scales, scales.isEmpty() ? lengths : List.of());
    return scope.graph.add(label, rest, first, shape);
  }

  private static List<Dim> resized(Resize layer, List<Dim> before) {
    List<Dim> shape = new ArrayList<>(before.subList(0, 2));
    for (int axis = 2; axis < before.size(); axis++) {
      Dim length = before.get(axis);
      shape.add(
          length.fixed()
              ? Dim.of(layer.length(axis - 2, length.constant()))
              : layer.lengths().isEmpty() ? Dim.OPEN : Dim.of(layer.lengths().get(axis - 2)));
    }
    return shape;
  }

  private static Resize layer(
      OpNode node, boolean old, List<Double> factors, List<Integer> lengths) {
    boolean exact =
        node.text("coordinate_transformation_mode", "").equals("tf_half_pixel_for_nn")
            && node.text("mode", "nearest").equals("nearest")
            && node.text("nearest_mode", "").equals("floor")
            && !factors.isEmpty()
            && factors.stream().allMatch(factor -> factor == Math.rint(factor));
    // The place (x + 1/2) / s rounded down is x / s rounded down if s is whole.
    return exact
        ? new Resize(Resize.Mode.NEAREST_FLOOR, Resize.Places.ASYMMETRIC, factors, lengths)
        : new Resize(mode(node, old), places(node, old), factors, lengths);
  }

  private static Resize.Mode mode(OpNode node, boolean old) {
    String mode = node.text("mode", "nearest");
    if (mode.equals("linear")) {
      return Resize.Mode.LINEAR;
    }
    String rounding = old ? "floor" : node.text("nearest_mode", "round_prefer_floor");
    if (mode.equals("nearest") && rounding.equals("floor")) {
      return Resize.Mode.NEAREST_FLOOR;
    }
    if (mode.equals("nearest") && rounding.equals("round_prefer_floor")) {
      return Resize.Mode.NEAREST_PREFER_FLOOR;
    }
    throw new IllegalArgumentException("has mode " + Text.quote(mode + ", " + rounding));
  }

  private static Resize.Places places(OpNode node, boolean old) {
    String places = old ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel");
    return switch (places) {
      // PyTorch's differs for an output of length one alone, which is seen to.
      case "half_pixel", "pytorch_half_pixel" -> Resize.Places.HALF_PIXEL;
      case "asymmetric" -> Resize.Places.ASYMMETRIC;
      case "align_corners" -> Resize.Places.ALIGNED_CORNERS;
      default -> throw new IllegalArgumentException("has places " + Text.quote(places));
    };
  }
}
