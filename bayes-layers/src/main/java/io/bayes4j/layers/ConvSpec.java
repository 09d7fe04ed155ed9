package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.ops.conv.Padding;
import io.bayes4j.core.ops.conv.PaddingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Options of a convolution or transposed convolution in 1, 2 or 3 dimensions; the defaults are
 * PyTorch's.
 *
 * <pre>{@code ConvSpec.conv2d(16, 32, 3).withStride(2).withPadding(1).withoutBias()}</pre>
 *
 * @param inChannels channels of the input
 * @param outChannels channels of the output
 * @param kernel kernel size for each spatial axis
 * @param stride step for each spatial axis
 * @param padding elements added on both sides of each spatial axis
 * @param samePadding whether padding is instead chosen so that the output is as long as the input
 * @param paddingMode what is added
 * @param outputPadding elements added at the end of each axis of a transposed convolution's output
 * @param dilation distance between the kernel's elements
 * @param groups number of independent groups of channels
 * @param bias whether there is a bias
 */
@CheckReturnValue
public record ConvSpec(
    long inChannels,
    long outChannels,
    List<Integer> kernel,
    List<Integer> stride,
    List<Integer> padding,
    boolean samePadding,
    PaddingMode paddingMode,
    List<Integer> outputPadding,
    List<Integer> dilation,
    int groups,
    boolean bias) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the option, its value and the rule
   */
  public ConvSpec {
    Require.elements(outputPadding, "outputPadding");
    Require.nonNull(paddingMode, "paddingMode");
    Require.positive(inChannels, "inChannels");
    Require.positive(outChannels, "outChannels");
    Require.positive(groups, "groups");
    outputPadding = List.copyOf(outputPadding);
    ConvGeometry checked = new ConvGeometry(kernel, stride, padding, dilation, groups);
    kernel = checked.kernel();
    stride = checked.stride();
    padding = checked.padding();
    dilation = checked.dilation();
    requireDivisible("inChannels", inChannels, groups);
    requireDivisible("outChannels", outChannels, groups);
    Require.argument(
        outputPadding.size() == kernel.size() && outputPadding.stream().allMatch(p -> p >= 0),
        "outputPadding must be %d numbers of at least 0, got %s",
        kernel.size(),
        outputPadding);
    Require.argument(
        !samePadding || stride.stream().allMatch(s -> s == 1),
        "\"same\" padding needs a stride of 1, got %s",
        stride);
  }

  private static void requireDivisible(String name, long value, int groups) {
    Require.argument(
        value % groups == 0, "%s (=%d) must be divisible by groups (=%d)", name, value, groups);
  }

  /** A convolution over [N, C, L]. */
  public static ConvSpec conv1d(long inChannels, long outChannels, int kernel) {
    return of(inChannels, outChannels, List.of(kernel));
  }

  /** A convolution over [N, C, H, W] with a square kernel. */
  public static ConvSpec conv2d(long inChannels, long outChannels, int kernel) {
    return of(inChannels, outChannels, List.of(kernel, kernel));
  }

  /** A convolution over [N, C, D, H, W] with a cubic kernel. */
  public static ConvSpec conv3d(long inChannels, long outChannels, int kernel) {
    return of(inChannels, outChannels, List.of(kernel, kernel, kernel));
  }

  /** A convolution whose kernel has the given size; its length is the number of spatial axes. */
  public static ConvSpec of(long inChannels, long outChannels, List<Integer> kernel) {
    Require.nonNull(kernel, "kernel");
    List<Integer> ones = Collections.nCopies(kernel.size(), 1);
    List<Integer> zeros = Collections.nCopies(kernel.size(), 0);
    return new ConvSpec(
        inChannels,
        outChannels,
        kernel,
        ones,
        zeros,
        false,
        PaddingMode.ZEROS,
        zeros,
        ones,
        1,
        true);
  }

  /** The same with another stride: one number, or one for each spatial axis. */
  public ConvSpec withStride(int... numbers) {
    return change(
        axes("stride", numbers),
        padding,
        samePadding,
        paddingMode,
        outputPadding,
        dilation,
        groups,
        bias);
  }

  /** The same with padding: one number, or one for each spatial axis. */
  public ConvSpec withPadding(int... numbers) {
    return change(
        stride,
        axes("padding", numbers),
        false,
        paddingMode,
        outputPadding,
        dilation,
        groups,
        bias);
  }

  /** The same with as much padding as keeps the length; an odd element goes to the end. */
  public ConvSpec withSamePadding() {
    return change(stride, padding, true, paddingMode, outputPadding, dilation, groups, bias);
  }

  /** The same with another kind of padding. */
  public ConvSpec withPaddingMode(PaddingMode mode) {
    Require.nonNull(mode, "mode");
    return change(stride, padding, samePadding, mode, outputPadding, dilation, groups, bias);
  }

  /**
   * The same with output padding, for transposed convolutions: one number, or one for each spatial
   * axis.
   */
  public ConvSpec withOutputPadding(int... numbers) {
    return change(
        stride,
        padding,
        samePadding,
        paddingMode,
        axes("outputPadding", numbers),
        dilation,
        groups,
        bias);
  }

  /** The same with another dilation: one number, or one for each spatial axis. */
  public ConvSpec withDilation(int... numbers) {
    return change(
        stride,
        padding,
        samePadding,
        paddingMode,
        outputPadding,
        axes("dilation", numbers),
        groups,
        bias);
  }

  /** The same with another number of groups. */
  public ConvSpec withGroups(int number) {
    return change(stride, padding, samePadding, paddingMode, outputPadding, dilation, number, bias);
  }

  /** The same without a bias. */
  public ConvSpec withoutBias() {
    return change(
        stride, padding, samePadding, paddingMode, outputPadding, dilation, groups, false);
  }

  private ConvSpec change(
      List<Integer> newStride,
      List<Integer> newPadding,
      boolean same,
      PaddingMode mode,
      List<Integer> newOutputPadding,
      List<Integer> newDilation,
      int newGroups,
      boolean newBias) {
    return new ConvSpec(
        inChannels,
        outChannels,
        kernel,
        newStride,
        newPadding,
        same,
        mode,
        newOutputPadding,
        newDilation,
        newGroups,
        newBias);
  }

  private List<Integer> axes(String name, int... numbers) {
    Require.argument(
        Require.nonNull(numbers, "numbers").length == 1 || numbers.length == rank(),
        "%s must be one number or %d, got %s",
        name,
        rank(),
        Arrays.toString(numbers));
    return numbers.length == 1
        ? Collections.nCopies(rank(), numbers[0])
        : Arrays.stream(numbers).boxed().toList();
  }

  /** Number of spatial axes. */
  public int rank() {
    return kernel.size();
  }

  /**
   * The spec itself.
   *
   * @throws IllegalArgumentException if it has another number of spatial axes
   */
  public ConvSpec requireRank(int rank) {
    Require.positive((long) rank, "rank");
    Require.argument(rank() == rank, "kernel must have %d spatial axes here, got %s", rank, kernel);
    return this;
  }

  void requireConvolution() {
    Require.argument(
        outputPadding.stream().allMatch(p -> p == 0),
        "outputPadding is an option of transposed convolutions, got %s",
        outputPadding);
  }

  void requireTransposable() {
    Require.argument(
        paddingMode == PaddingMode.ZEROS && !samePadding,
        "a transposed convolution pads with zeros by numbers, got mode %s, same=%s",
        paddingMode,
        samePadding);
    for (int axis = 0; axis < rank(); axis++) {
      Require.argument(
          outputPadding.get(axis) < Math.max(stride.get(axis), dilation.get(axis)),
          "outputPadding must be below the stride %s or the dilation %s, got %s",
          stride,
          dilation,
          outputPadding);
    }
  }

  /**
   * Checks the shape of an input.
   *
   * @throws IllegalArgumentException if it has other channels, or another number of axes
   */
  public void requireInput(Var x) {
    Require.open(x, "x");
    Require.argument(
        x.rank() == rank() + 2 && x.size(1) == inChannels,
        "x must be [N, %d, %d spatial axes], got shape %s%s",
        inChannels,
        rank(),
        Require.text(x.shape()),
        ChannelAxis.hint(x, rank() + 2, inChannels));
  }

  long kernelVolume() {
    return kernel.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  long[] kernelShape(long first, long second) {
    List<Long> shape = new ArrayList<>(List.of(first, second));
    kernel.forEach(k -> shape.add((long) k));
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /** The window that moves over the input that {@link #pad} returns. */
  public ConvGeometry geometry() {
    List<Integer> zeros = padsByKernel() ? sidePadding() : Collections.nCopies(rank(), 0);
    return new ConvGeometry(kernel, stride, zeros, dilation, groups);
  }

  /** The input with all the padding that the kernel itself does not do. */
  public Var pad(Var x) {
    requireInput(x);
    if (padsByKernel()) {
      return x;
    }
    Var padded = x;
    for (int axis = 0; axis < rank(); axis++) {
      int before = sidePadding().get(axis);
      int after = samePadding ? total(axis) - before : before;
      padded = Padding.pad(padded, axis + 2, before, after, paddingMode);
    }
    return padded;
  }

  private boolean padsByKernel() {
    boolean even = IntStream.range(0, rank()).allMatch(axis -> total(axis) % 2 == 0);
    return paddingMode == PaddingMode.ZEROS && (!samePadding || even);
  }

  /** Padding before each axis. */
  private List<Integer> sidePadding() {
    return samePadding
        ? IntStream.range(0, rank()).mapToObj(axis -> total(axis) / 2).toList()
        : padding;
  }

  /** Padding on both sides that keeps the length. */
  private int total(int axis) {
    return dilation.get(axis) * (kernel.get(axis) - 1);
  }

  /** Channels and kernel, and what differs from the defaults. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(inChannels).append(" -> ").append(outChannels);
    text.append(", kernel ").append(sizes(kernel));
    option(text, "stride", stride, 1);
    if (samePadding) {
      text.append(", same padding");
    } else {
      option(text, "padding", padding, 0);
    }
    option(text, "output padding", outputPadding, 0);
    option(text, "dilation", dilation, 1);
    text.append(paddingMode == PaddingMode.ZEROS ? "" : ", mode " + paddingMode);
    text.append(groups == 1 ? "" : ", groups " + groups);
    return text.append(bias ? "" : ", no bias").toString();
  }

  private static void option(StringBuilder text, String name, List<Integer> numbers, int usual) {
    if (!numbers.stream().allMatch(number -> number == usual)) {
      text.append(", ").append(name).append(' ').append(sizes(numbers));
    }
  }

  private static String sizes(List<Integer> numbers) {
    boolean equal = numbers.stream().distinct().count() == 1;
    return (equal ? numbers.subList(0, 1) : numbers)
        .stream().map(String::valueOf).collect(Collectors.joining(" x "));
  }
}
