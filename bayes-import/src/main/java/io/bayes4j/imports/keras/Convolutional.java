package io.bayes4j.imports.keras;

import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.imports.parts.SamePad;
import io.bayes4j.imports.parts.SlidingWindows;
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
import io.bayes4j.layers.Slice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Convolutions of Keras, plain, depthwise, separable and transposed, in 1 to 3 dimensions. */
final class Convolutional {
  private final Net net;
  private final KerasLayer layer;
  private final int rank;

  private Convolutional(Net net, KerasLayer layer, int rank) {
    this.net = net;
    this.layer = layer;
    this.rank = rank;
  }

  static KerasKind conv(int rank) {
    return (net, layer, inputs) -> new Convolutional(net, layer, rank).conv(inputs.get(0));
  }

  static KerasKind depthwise(int rank) {
    return (net, layer, inputs) -> new Convolutional(net, layer, rank).depthwise(inputs.get(0));
  }

  static KerasKind separable(int rank) {
    return (net, layer, inputs) -> new Convolutional(net, layer, rank).separable(inputs.get(0));
  }

  static KerasKind transposed(int rank) {
    return (net, layer, inputs) -> new Convolutional(net, layer, rank).transposed(inputs.get(0));
  }

  private Value conv(Value input) {
    Images images = Images.of(net, layer, input, rank);
    StoredArray kernel = kernel(0);
    int groups = layer.options().has("groups") ? layer.options().integer("groups") : 1;
    Value y = convolved(images, "conv", kernel, groups, bias(1), true);
    return Functions.after(net, layer, y);
  }

  private Value depthwise(Value input) {
    Images images = Images.of(net, layer, input, rank);
    StoredArray kernel = Kernels.depthwise(kernel(0));
    Value y = convolved(images, "conv", kernel, images.channels(), bias(1), true);
    return Functions.after(net, layer, y);
  }

  private Value separable(Value input) {
    Images images = Images.of(net, layer, input, rank);
    StoredArray kernel = Kernels.depthwise(kernel(0));
    Value y = convolved(images, "depthwise", kernel, images.channels(), Optional.empty(), true);
    Images between = Images.of(net, layer, y, rank);
    return Functions.after(
        net, layer, convolved(between, "pointwise", kernel(1), 1, bias(2), false));
  }

  /** The kernel as TensorFlow has it: Theano's is turned round, Keras 1 may have it transposed. */
  private StoredArray kernel(int index) {
    boolean flat =
        layer.file().generation() == 1 && rank == 1 && layer.weights().get(0).rank() == 4;
    StoredArray kernel = layer.stored(index, flat ? 4 : rank + 2);
    if (flat) {
      // Keras 1 has a second spatial axis of length one.
      kernel = kernel.reshaped(kernel.size(0), kernel.size(2), kernel.size(3));
    }
    boolean keras1 = layer.file().generation() == 1;
    if (keras1 && layer.channelsFirst() && rank > 1) {
      kernel = Kernels.channelsLast(kernel);
    }
    // Keras turns Theano's depthwise kernels itself.
    boolean turned = layer.file().isTheano() && !layer.type().matches("(Depthwise|Separable).*");
    return turned ? Kernels.turned(kernel, rank) : kernel;
  }

  private Optional<StoredArray> bias(int index) {
    return layer.bias() ? Optional.of(layer.stored(index, 1)) : Optional.empty();
  }

  /** Options that Keras 1 has one number for each axis of. */
  private List<Integer> axes(String... names) {
    return layer.options().has(names[0])
            || (names.length > 1 && !layer.options().get(names).isMissingNode())
        ? layer.options().axes(rank, names)
        : Collections.nCopies(rank, 1);
  }

  private String padding() {
    return layer.options().text("valid", "padding", "border_mode");
  }

  /**
   * Adds a convolution.
   *
   * @param kernel [spatial ..., inputs of a group, outputs]
   * @param moves whether stride, dilation and padding are the layer's; if not, they are of one
   */
  private Value convolved(
      Images images,
      String part,
      StoredArray kernel,
      int groups,
      Optional<StoredArray> bias,
      boolean moves) {
    List<Integer> ones = Collections.nCopies(rank, 1);
    List<Integer> stride = moves ? axes("strides", "subsample", "subsample_length") : ones;
    List<Integer> dilation = moves ? axes("dilation_rate", "atrous_rate") : ones;
    List<Integer> size =
        IntStream.range(0, rank).mapToObj(axis -> (int) kernel.size(axis)).toList();
    int outputs = (int) kernel.size(rank + 1);
    SlidingWindows windows = SlidingWindows.of(size, stride, dilation);
    ConvSpec spec =
        ConvSpec.of(kernel.size(rank) * groups, outputs, size)
            .withStride(array(stride))
            .withDilation(array(dilation))
            .withGroups(groups);
    ConvSpec plain = bias.isEmpty() ? spec.withoutBias() : spec;
    String name = part.equals("conv") ? layer.name() : layer.name() + "_" + part;
    Padded padded = moves ? padded(images, windows, plain) : unpadded(images, windows, plain);
    ConvSpec chosen = padded.spec();
    Layer conv = net.tied(layer, part, () -> conv(chosen, weights(kernel, bias)));
    String node = cut(name, net.add(name, conv, padded.node()), padded);
    return images.result(node, padded.lengths(), outputs);
  }

  /**
   * How a convolution is padded.
   *
   * @param node what it reads
   * @param lengths of its result
   * @param cuts whether its result is longer than that
   */
  private record Padded(String node, ConvSpec spec, List<Integer> lengths, boolean cuts) {}

  private static Padded unpadded(Images images, SlidingWindows windows, ConvSpec spec) {
    List<Integer> lengths = windows.valid(images.spatial());
    return new Padded(images.value().node(), spec, lengths, false);
  }

  private Padded padded(Images images, SlidingWindows windows, ConvSpec spec) {
    String node = images.value().node();
    List<Integer> lengths = images.spatial();
    switch (padding()) {
      case "valid" -> {
        return unpadded(images, windows, spec);
      }
      case "causal" -> {
        int before = windows.size().get(0) - 1;
        Pad pad = new Pad(List.of(0, 0, before), List.of(0, 0, 0), PaddingMode.ZEROS, 0);
        String longer = net.add(layer.name() + "_pad", pad, node);
        return new Padded(longer, spec, windows.same(lengths), false);
      }
      case "same" -> {
        return same(images, windows, spec);
      }
      default -> throw new Unsupported("padding " + padding());
    }
  }

  private Padded same(Images images, SlidingWindows windows, ConvSpec spec) {
    String node = images.value().node();
    List<Integer> lengths = windows.same(images.spatial());
    if (layer.file().isTheano()) {
      // Theano pads by half a kernel on both sides, whatever the stride.
      int[] halves = windows.size().stream().mapToInt(size -> size / 2).toArray();
      boolean cuts = windows.size().stream().anyMatch(size -> size % 2 == 0);
      if (cuts && lengths.contains(-1)) {
        throw new Unsupported("\"same\" padding of Theano for an input of unknown length");
      }
      return new Padded(node, spec.withPadding(halves), lengths, cuts);
    }
    Optional<int[]> even = windows.evenPadding(images.spatial());
    if (even.isPresent()) {
      return new Padded(node, spec.withPadding(even.get()), lengths, false);
    }
    String longer = net.add(layer.name() + "_pad", new SamePad(windows, PaddingMode.ZEROS), node);
    return new Padded(longer, spec, lengths, false);
  }

  private static Init weights(StoredArray kernel, Optional<StoredArray> bias) {
    return Kernels.init(Kernels.conv(kernel), bias);
  }

  private Value transposed(Value input) {
    Images images = Images.of(net, layer, input, rank);
    StoredArray kernel = kernel(0);
    if (axes("dilation_rate").stream().anyMatch(d -> d > 1)) {
      throw new Unsupported("dilation of a transposed convolution");
    }
    if (layer.options().has("output_padding")) {
      throw new Unsupported("output_padding");
    }
    List<Integer> size =
        IntStream.range(0, rank).mapToObj(axis -> (int) kernel.size(axis)).toList();
    int outputs = (int) kernel.size(rank);
    Optional<StoredArray> bias = bias(1);
    ConvSpec spec = ConvSpec.of(kernel.size(rank + 1), outputs, size);
    Padded padded = paddedTransposed(images, bias.isEmpty() ? spec.withoutBias() : spec);
    if (padded.cuts() && padded.lengths().contains(-1)) {
      throw new Unsupported("uneven \"same\" padding for an input of unknown length");
    }
    Layer conv = net.tied(layer, "conv", () -> convTranspose(padded.spec(), weights(kernel, bias)));
    String node = cut(layer.name(), net.add(layer.name(), conv, padded.node()), padded);
    return Functions.after(net, layer, images.result(node, padded.lengths(), outputs));
  }

  /** What "same" cuts off the whole result: the smaller half at the begin. */
  private Padded paddedTransposed(Images images, ConvSpec spec) {
    List<Integer> stride = axes("strides", "subsample");
    boolean same = padding().equals("same");
    int[] padding = new int[rank];
    int[] extra = new int[rank];
    List<Integer> lengths = new ArrayList<>();
    boolean cuts = false;
    for (int axis = 0; axis < rank; axis++) {
      int more = spec.kernel().get(axis) - stride.get(axis);
      padding[axis] = same ? Math.max(more, 0) / 2 : 0;
      extra[axis] = Math.max(-more, 0);
      cuts |= same && more > 0 && more % 2 != 0;
      int n = images.spatial().get(axis);
      lengths.add(n < 0 ? -1 : n * stride.get(axis) + (same ? 0 : Math.max(more, 0)));
    }
    ConvSpec padded = spec.withStride(array(stride)).withPadding(padding).withOutputPadding(extra);
    return new Padded(images.value().node(), padded, lengths, cuts);
  }

  /** A result without what it is too long by; returns the node. */
  private String cut(String name, String node, Padded padded) {
    String whole = node;
    for (int axis = 0; axis < rank && padded.cuts(); axis++) {
      Slice slice = Slice.of(axis + 2, 0, padded.lengths().get(axis));
      whole = net.add(name + "_cut", slice, whole);
    }
    return whole;
  }

  private Layer conv(ConvSpec spec, Init weights) {
    return switch (rank) {
      case 1 -> new Conv1d(spec, weights);
      case 2 -> new Conv2d(spec, weights);
      default -> new Conv3d(spec, weights);
    };
  }

  private Layer convTranspose(ConvSpec spec, Init weights) {
    return switch (rank) {
      case 1 -> new ConvTranspose1d(spec, weights);
      case 2 -> new ConvTranspose2d(spec, weights);
      default -> new ConvTranspose3d(spec, weights);
    };
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }
}
