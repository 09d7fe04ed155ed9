package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.imports.dl4j.Value.Kind;
import io.bayes4j.imports.parts.GlobalMaxPool;
import io.bayes4j.imports.parts.SameAvgPool;
import io.bayes4j.imports.parts.SamePad;
import io.bayes4j.imports.parts.SlidingWindows;
import io.bayes4j.layers.AvgPool1d;
import io.bayes4j.layers.AvgPool2d;
import io.bayes4j.layers.AvgPool3d;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.Conv3d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool1d;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.MaxPool3d;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.PoolSpec;
import io.bayes4j.layers.Resize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions, pools and their like of Deeplearning4j, which has channels first as we do. */
final class Spatial {
  private static final Set<String> KNOWN =
      Set.of(
          "convolution",
          "convolution1d",
          "convolution2d",
          "convolution3d",
          "deconvolution2d",
          "depthwiseconvolution2d",
          "separableconvolution2d",
          "subsampling",
          "subsampling1d",
          "subsampling2d",
          "subsampling3d",
          "globalpooling",
          "zeropadding",
          "zeropadding1d",
          "cropping1d",
          "cropping2d",
          "upsampling1d",
          "upsampling2d",
          "upsampling3d");

  private Spatial() {}

  static boolean isKnown(String type) {
    return KNOWN.contains(type);
  }

  static Value add(Net net, String name, Conf layer, Value value) {
    String type = layer.type();
    if (type.equals("globalpooling")) {
      return global(net, name, layer, net.signals(value));
    }
    Kind kind =
        type.endsWith("1d") ? Kind.SIGNALS : type.endsWith("3d") ? Kind.VOLUMES : Kind.IMAGES;
    Value in = kind == Kind.SIGNALS ? net.signals(value) : value;
    if (in.kind() != kind) {
      throw new Unsupported("an input that is " + in.kind());
    }
    int rank = kind == Kind.SIGNALS ? 1 : kind == Kind.VOLUMES ? 3 : 2;
    return switch (type) {
      case "subsampling", "subsampling1d", "subsampling2d", "subsampling3d" ->
          pool(net, name, layer, in, rank);
      case "zeropadding", "zeropadding1d" -> padded(net, name, layer.get("padding"), in, rank, 1);
      case "cropping1d", "cropping2d" -> padded(net, name, layer.get("cropping"), in, rank, -1);
      case "upsampling1d", "upsampling2d", "upsampling3d" -> upSampled(net, name, layer, in, rank);
      default -> net.activated(name, layer, convolved(net, name, layer, in, rank));
    };
  }

  private static Value convolved(Net net, String name, Conf layer, Value in, int rank) {
    String type = layer.text("VALID", "convolutionType");
    if (!type.equals("VALID")) {
      throw new Unsupported("convolutionType " + Dl4jFile.clean(type));
    }
    List<Integer> size = layer.axes(rank, "kernelSize");
    int inputs = layer.integer("nin", "nIn");
    int outputs = layer.integer("nout", "nOut");
    Optional<INDArray> bias = bias(net, layer, outputs);
    switch (layer.type()) {
      case "deconvolution2d" -> {
        return transposed(net, name, layer, in, bias);
      }
      case "depthwiseconvolution2d" -> {
        int times = layer.integer("depthMultiplier");
        INDArray kernel = depthwise(net.parameters().rows(size.get(0), size.get(1), inputs, times));
        return conv(net, name, layer, in, kernel, bias, inputs);
      }
      case "separableconvolution2d" -> {
        int times = layer.integer("depthMultiplier");
        INDArray all = net.parameters().rows(times, inputs, size.get(0), size.get(1));
        INDArray kernel = depthwise(all.permute(2, 3, 1, 0));
        Value between = conv(net, name + "_depthwise", layer, in, kernel, Optional.empty(), inputs);
        INDArray points = net.parameters().rows(outputs, (long) inputs * times, 1, 1);
        ConvSpec spec = ConvSpec.conv2d((long) inputs * times, outputs, 1);
        return between.at(loaded(net, name, spec, points, bias, between.node()));
      }
      default -> {
        long[] shape = new long[rank + 2];
        shape[0] = outputs;
        shape[1] = inputs;
        for (int axis = 0; axis < rank; axis++) {
          shape[axis + 2] = size.get(axis);
        }
        boolean turned = rank == 1 && layer.fields().has("rnnDataFormat");
        INDArray kernel =
            turned
                // What its own table shows as [outputs, inputs, size, 1] is read in this order.
                ? Detached.copy(
                    net.parameters().rows(size.get(0), inputs, outputs).permute(2, 1, 0))
                : net.parameters().rows(shape);
        return conv(net, name, layer, in, kernel, bias, 1);
      }
    }
  }

  private static Optional<INDArray> bias(Net net, Conf layer, int outputs) {
    return layer.flag(true, "hasBias")
        ? Optional.of(net.parameters().rows(outputs))
        : Optional.empty();
  }

  /** [kH, kW, inputs, times] as [inputs * times, 1, kH, kW]. */
  private static INDArray depthwise(INDArray kernel) {
    INDArray moved = kernel.permute(2, 3, 0, 1);
    long[] shape = {moved.size(0) * moved.size(1), 1, moved.size(2), moved.size(3)};
    INDArray dense = Detached.create(moved.dataType(), shape);
    Detached.copy(moved, Detached.reshape(dense, moved.shape()));
    return dense;
  }

  private static Value conv(
      Net net,
      String name,
      Conf layer,
      Value in,
      INDArray kernel,
      Optional<INDArray> bias,
      int groups) {
    int rank = kernel.rank() - 2;
    List<Integer> size = layer.axes(rank, "kernelSize");
    List<Integer> stride = layer.axes(rank, "stride");
    List<Integer> dilation =
        layer.get("dilation").isMissingNode()
            ? Collections.nCopies(rank, 1)
            : layer.axes(rank, "dilation");
    ConvSpec spec =
        ConvSpec.of(kernel.size(1) * groups, kernel.size(0), size)
            .withStride(array(stride))
            .withDilation(array(dilation))
            .withGroups(groups);
    SlidingWindows windows = SlidingWindows.of(size, stride, dilation);
    String node = in.node();
    String mode = layer.text("Truncate", "convolutionMode");
    if (mode.equals("Same")) {
      Optional<int[]> even = windows.evenPadding(Collections.nCopies(rank, -1));
      spec = even.map(spec::withPadding).orElse(spec);
      node = even.isEmpty() ? samePadded(net, name, windows, PaddingMode.ZEROS, node) : node;
    } else if (mode.equals("Causal")) {
      Pad pad =
          new Pad(List.of(0, 0, windows.size().get(0) - 1), List.of(0, 0, 0), PaddingMode.ZEROS, 0);
      node = net.add(name + "_pad", pad, node);
    } else {
      spec = spec.withPadding(array(layer.axes(rank, "padding")));
    }
    return in.at(loaded(net, name, spec, kernel, bias, node));
  }

  private static String samePadded(
      Net net, String name, SlidingWindows windows, PaddingMode mode, String node) {
    return net.add(name + "_pad", new SamePad(windows, mode), node);
  }

  private static String loaded(
      Net net, String name, ConvSpec spec, INDArray kernel, Optional<INDArray> bias, String input) {
    ConvSpec plain = bias.isEmpty() ? spec.withoutBias() : spec;
    Init weights = Init.given(kernel, bias);
    Layer conv =
        switch (kernel.rank() - 2) {
          case 1 -> new Conv1d(plain, weights);
          case 2 -> new Conv2d(plain, weights);
          default -> new Conv3d(plain, weights);
        };
    return net.add(name, conv, input);
  }

  private static Value transposed(
      Net net, String name, Conf layer, Value in, Optional<INDArray> bias) {
    List<Integer> size = layer.axes(2, "kernelSize");
    List<Integer> stride = layer.axes(2, "stride");
    int inputs = layer.integer("nin", "nIn");
    int outputs = layer.integer("nout", "nOut");
    INDArray kernel = net.parameters().rows(inputs, outputs, size.get(0), size.get(1));
    boolean same = layer.text("Truncate", "convolutionMode").equals("Same");
    int[] padding = array(layer.axes(2, "padding"));
    for (int axis = 0; axis < 2 && same; axis++) {
      int more = size.get(axis) - stride.get(axis);
      if (more < 0 || more % 2 != 0) {
        throw new Unsupported("a kernel that \"Same\" pads unevenly");
      }
      padding[axis] = more / 2;
    }
    ConvSpec spec =
        ConvSpec.of(inputs, outputs, size).withStride(array(stride)).withPadding(padding);
    ConvSpec plain = bias.isEmpty() ? spec.withoutBias() : spec;
    Layer conv = new ConvTranspose2d(plain, Init.given(kernel, bias));
    return in.at(net.add(name, conv, in.node()));
  }

  private static Value pool(Net net, String name, Conf layer, Value in, int rank) {
    List<Integer> size = layer.axes(rank, "kernelSize");
    List<Integer> stride = layer.axes(rank, "stride");
    String how = layer.text("MAX", "poolingType");
    boolean maximum = how.equals("MAX");
    if (!maximum && !how.equals("AVG")) {
      throw new Unsupported("poolingType " + Dl4jFile.clean(how));
    }
    // Up to 1.0.0-beta4 there was no choice: means over two axes counted the padding.
    boolean counts = layer.flag(rank < 3, "avgPoolIncludePadInDivisor");
    SlidingWindows windows = new SlidingWindows(size, stride);
    PoolSpec spec = PoolSpec.of(array(size)).withStride(array(stride));
    String node = in.node();
    if (layer.text("Truncate", "convolutionMode").equals("Same")) {
      Optional<int[]> even = windows.evenPadding(Collections.nCopies(rank, -1));
      if (even.isEmpty() && !maximum && !counts) {
        return in.at(net.add(name, new SameAvgPool(windows), node));
      }
      spec = even.map(spec::withPadding).orElse(spec);
      PaddingMode mode = maximum ? PaddingMode.REPLICATE : PaddingMode.ZEROS;
      node = even.isEmpty() ? samePadded(net, name, windows, mode, node) : node;
    } else {
      spec = spec.withPadding(array(layer.axes(rank, "padding")));
    }
    PoolSpec mean = counts ? spec : spec.withoutCountingPadding();
    Layer pool =
        switch (rank) {
          case 1 -> maximum ? new MaxPool1d(spec) : new AvgPool1d(mean);
          case 2 -> maximum ? new MaxPool2d(spec) : new AvgPool2d(mean);
          default -> maximum ? new MaxPool3d(spec) : new AvgPool3d(mean);
        };
    return in.at(net.add(name, pool, node));
  }

  private static Value global(Net net, String name, Conf layer, Value in) {
    String how = layer.text("MAX", "poolingType");
    boolean known = how.equals("MAX") || how.equals("AVG");
    if (!known || !layer.flag(true, "collapseDimensions") || in.kind() == Kind.FLAT) {
      throw new Unsupported("poolingType " + Dl4jFile.clean(how) + ", or of no places");
    }
    Layer pool = how.equals("MAX") ? new GlobalMaxPool() : new GlobalAvgPool();
    return new Value(net.add(name, pool, in.node()), Kind.FLAT);
  }

  /** Numbers for both sides of each axis: begin and end of the first, then of the next. */
  private static Value padded(Net net, String name, JsonNode sides, Value in, int rank, int sign) {
    if (sides.size() != 2 * rank) {
      throw new Unsupported("padding " + sides);
    }
    List<Integer> before = new ArrayList<>(List.of(0, 0));
    List<Integer> after = new ArrayList<>(List.of(0, 0));
    for (int axis = 0; axis < rank; axis++) {
      before.add(sign * sides.get(2 * axis).asInt());
      after.add(sign * sides.get(2 * axis + 1).asInt());
    }
    Pad pad = new Pad(before, after, PaddingMode.ZEROS, 0);
    return in.at(net.add(name, pad, in.node()));
  }

  private static Value upSampled(Net net, String name, Conf layer, Value in, int rank) {
    List<Double> scales = new ArrayList<>();
    JsonNode size = layer.get("size");
    for (int axis = 0; axis < rank; axis++) {
      scales.add(
          size.isArray() ? size.path(Math.min(axis, size.size() - 1)).asDouble() : size.asDouble());
    }
    Resize resize =
        new Resize(Resize.Mode.NEAREST_FLOOR, Resize.Places.ASYMMETRIC, scales, List.of());
    return in.at(net.add(name, resize, in.node()));
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
