package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Precision;
import java.util.List;

/**
 * Convolutions and their gradients. Activations are channels-last; the layout of kernels is
 * oneDNN's choice, and they are reordered at each call, since each draw of a posterior is new.
 */
final class ConvolutionPlans {
  /** Units of a vector register. */
  private static final int UNITS = 16;

  private ConvolutionPlans() {}

  /**
   * A convolution forward.
   *
   * @param bias whether there is one
   * @param sum what is added to the result
   * @param relu whether a ReLU follows
   */
  record Forward(ConvGeometry geometry, boolean bias, Sum sum, boolean relu) {}

  /** What a convolution is added to. */
  enum Sum {
    /** Nothing. */
    NONE,
    /** An array that is left alone. */
    WITH_ARGUMENT,
    /** What y holds already. */
    IN_PLACE
  }

  /**
   * Arguments: x, weight, then the bias if there is one, then the addend if it is an argument, y.
   */
  static void forward(PlanBuilder builder) {
    Forward options = builder.attributes(Forward.class);
    ConvGeometry geometry = options.geometry();
    int resultAt = builder.arguments() - 1;
    int addendAt = resultAt - 1;
    Operand weight = grouped(builder.operand(1), geometry);
    Kernel convolution =
        OneDnnApi.convolution(
            builder.multiplied(builder.operand(0)).channelsLast(),
            builder.multiplied(weight).anyLayout(),
            options.bias() ? builder.operand(2) : null,
            builder.operand(resultAt),
            geometry,
            options.sum() != Sum.NONE,
            options.relu());
    Plan.Slot y = builder.argument(resultAt);
    if (options.sum() == Sum.WITH_ARGUMENT) {
      // oneDNN can also read the addend from elsewhere, but then leaves its fastest convolution,
      // which costs more than the copy.
      builder.reorder(builder.argument(addendAt), y);
    }
    PlanBuilder.Call call =
        builder
            .call(convolution)
            .reads(Argument.SOURCE, builder.argument(0))
            .reads(Argument.WEIGHTS, builder.argument(1, weight))
            .writes(Argument.RESULT, y);
    if (options.bias()) {
      call.reads(Argument.BIAS, builder.argument(2));
    }
    call.run();
  }

  /** Arguments: gradY, weight, gradX. */
  static void backwardData(PlanBuilder builder) {
    backwardData(builder, 0, 1, 2);
  }

  /** Arguments: x, gradY, gradW. */
  static void backwardWeights(PlanBuilder builder) {
    backwardWeights(builder, 0, 1, 2);
  }

  /** Arguments: x, weight, gradY, gradX, gradW. The second gradient finds gradY in the cache. */
  static void backward(PlanBuilder builder) {
    backwardData(builder, 2, 1, 3);
    backwardWeights(builder, 0, 2, 4);
  }

  private static void backwardData(PlanBuilder builder, int gradYAt, int weightAt, int gradXAt) {
    ConvGeometry geometry = builder.attributes(ConvGeometry.class);
    Operand weight = grouped(builder.operand(weightAt), geometry);
    Kernel gradient =
        OneDnnApi.convolutionBackwardData(
            builder.operand(gradXAt),
            builder.multiplied(weight).anyLayout(),
            builder.multiplied(builder.operand(gradYAt)).channelsLast(),
            geometry);
    builder
        .call(gradient)
        .reads(Argument.RESULT_GRADIENT, builder.argument(gradYAt))
        .reads(Argument.WEIGHTS, builder.argument(weightAt, weight))
        .writes(Argument.SOURCE_GRADIENT, builder.argument(gradXAt))
        .run();
  }

  private static void backwardWeights(PlanBuilder builder, int xAt, int gradYAt, int gradWAt) {
    ConvGeometry geometry = builder.attributes(ConvGeometry.class);
    Operand weight = grouped(builder.operand(gradWAt), geometry);
    Kernel gradient =
        OneDnnApi.convolutionBackwardWeights(
            builder.multiplied(builder.operand(xAt)).channelsLast(),
            weight.anyLayout(),
            builder.multiplied(builder.operand(gradYAt)).channelsLast(),
            geometry);
    builder
        .call(gradient)
        .reads(Argument.SOURCE, builder.argument(xAt))
        .reads(Argument.RESULT_GRADIENT, builder.argument(gradYAt))
        .writes(Argument.WEIGHTS_GRADIENT, builder.argument(gradWAt, weight))
        .run();
  }

  /**
   * Examples, which share weights and bias.
   *
   * <p>oneDNN computes each of them by itself, the same whatever the others and among however many
   * threads, but for these: in BF16 it sums kernels of one element in another order for a single
   * example, and convolutions of volumes depend on the threads.
   */
  static Partition divisionOfForward(
      Object attributes, List<Operand> operands, Precision precision) {
    Operand weight = operands.get(1);
    Operand y = operands.get(operands.size() - 1);
    Forward options = (Forward) attributes;
    boolean pointwise = options.geometry().kernel().stream().allMatch(length -> length == 1);
    boolean careful = precision == Precision.BF16 && pointwise;
    return Partition.ofExamples(operands)
        .of(careful ? Lengths.ANY.atLeast(2) : Lengths.ANY)
        .joining(!careful && options.geometry().rank() < 3)
        .with(1, Partition.WHOLE)
        .multiplying(multiplications(y, weight))
        .handingOn(options.sum() == Sum.WITH_ARGUMENT);
  }

  /** Examples, which share weights. */
  static Partition divisionOfBackwardData(
      Object attributes, List<Operand> operands, Precision precision) {
    return Partition.ofExamples(operands)
        .with(1, Partition.WHOLE)
        .joining(((ConvGeometry) attributes).rank() < 3)
        .multiplying(multiplications(operands.get(0), operands.get(1)));
  }

  /** Examples, whose gradients are added up; units where there are too few examples for that. */
  static Partition divisionOfBackwardWeights(
      Object attributes, List<Operand> operands, Precision precision) {
    Operand gradW = operands.get(2);
    double multiplications = multiplications(operands.get(1), gradW);
    Partition sum =
        Partition.ofExamples(operands)
            .with(2, Partition.SUMMED)
            .joining(false)
            .multiplying(multiplications);
    boolean adds = Pieces.of(sum, operands, precision, 1).count() > 1;
    if (adds || ((ConvGeometry) attributes).groups() > 1) {
      return sum;
    }
    return Partition.along(List.of(Partition.WHOLE, 1, 0), multiplications)
        .of(Lengths.multiplesOf(UNITS))
        .byShapes();
  }

  /** Both at once. */
  static Partition divisionOfBackward(
      Object attributes, List<Operand> operands, Precision precision) {
    Operand weight = operands.get(1);
    return Partition.ofExamples(operands)
        .with(1, Partition.WHOLE)
        .with(4, Partition.SUMMED)
        .joining(false)
        .multiplying(2 * multiplications(operands.get(2), weight));
  }

  /** Each element of y is a sum over the weights of its unit. */
  private static double multiplications(Operand y, Operand weight) {
    return (double) y.elements() * weight.elements() / weight.size(0);
  }

  /** A kernel [U, C / groups, ...] as oneDNN sees it: [groups, U / groups, C / groups, ...]. */
  static Operand grouped(Operand weight, ConvGeometry geometry) {
    if (geometry.groups() == 1) {
      return weight;
    }
    long[] shape = weight.shape();
    long[] grouped = new long[shape.length + 1];
    System.arraycopy(shape, 0, grouped, 1, shape.length);
    grouped[0] = geometry.groups();
    grouped[1] = shape[0] / geometry.groups();
    return weight.reshaped(grouped);
  }
}
