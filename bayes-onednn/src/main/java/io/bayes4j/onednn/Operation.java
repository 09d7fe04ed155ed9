package io.bayes4j.onednn;

import com.google.errorprone.annotations.Immutable;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.kernels.Precision;
import java.util.List;

/** What plans compute, and how each is put together from primitives. */
enum Operation {
  MATMUL(MatmulPlans::product, MatmulPlans::division),
  PACKED_LINEAR(MatmulPlans::packed, MatmulPlans::divisionOfPacked),
  MATMULS(MatmulPlans::products, MatmulPlans::divisionOfProducts),
  CONVOLUTION(ConvolutionPlans::forward, ConvolutionPlans::divisionOfForward),
  CONVOLUTION_BACKWARD_DATA(
      ConvolutionPlans::backwardData, ConvolutionPlans::divisionOfBackwardData),
  CONVOLUTION_BACKWARD_WEIGHTS(
      ConvolutionPlans::backwardWeights, ConvolutionPlans::divisionOfBackwardWeights),
  CONVOLUTION_BACKWARD(ConvolutionPlans::backward, ConvolutionPlans::divisionOfBackward),
  EXAMPLE_CONVOLUTION(ExamplePlans::forward),
  EXAMPLE_BACKWARD_DATA(ExamplePlans::backwardData),
  EXAMPLE_BACKWARD_WEIGHTS(ExamplePlans::backwardWeights),
  MAX_POOLING(PoolingPlans::max, Operation::cachedExamples),
  MAX_POOLING_BACKWARD(PoolingPlans::maxBackward, Operation::examples),
  AVERAGE_POOLING(
      builder ->
          PoolingPlans.forward(
              builder, PoolingPlans.average(builder.attributes(PoolGeometry.class))),
      Operation::examples),
  AVERAGE_POOLING_BACKWARD(PoolingPlans::averageBackward, Operation::examples),
  NORM_STATISTICS(NormPlans::statistics),
  NORM_RESULT(NormPlans::result),
  NORM_SUMS(NormPlans::sums),
  NORM_GRADIENT(NormPlans::gradient),
  CHANNEL_AFFINE(ChannelPlans::affine, Operation::examples),
  CHANNEL_ADD(builder -> ChannelPlans.combine(builder, OneDnnApi.Binary.ADD), Operation::examples),
  CHANNEL_SCALE(
      builder -> ChannelPlans.combine(builder, OneDnnApi.Binary.MULTIPLY), Operation::examples),
  INTEGER_MATMUL(IntegerPlans::product, IntegerPlans::divisionOfProduct),
  INTEGER_CONVOLUTION(IntegerPlans::convolution, IntegerPlans::divisionOfConvolution),
  QUANTIZE(IntegerPlans::quantize, Operation::examples),
  DEQUANTIZE(IntegerPlans::dequantize, Operation::examples),
  CAST(ElementPlans::cast, Operation::examples),
  ADD_INTO(ElementPlans::addInto, Operation::examples),
  SUM_OF_POSITIONS(ChannelPlans::sumOfPositions, ChannelPlans::divisionOfSum);

  /** How to put a plan together. */
  @Immutable
  @FunctionalInterface
  private interface Recipe {
    void describe(PlanBuilder builder);
  }

  /** How to divide the work on certain operands. */
  @Immutable
  @FunctionalInterface
  private interface Cut {
    Partition of(Object attributes, List<Operand> operands, Precision precision);
  }

  private final Recipe recipe;
  private final Cut cut;

  Operation(Recipe recipe, Cut cut) {
    this.recipe = recipe;
    this.cut = cut;
  }

  Operation(Recipe recipe) {
    this(recipe, (attributes, operands, precision) -> Partition.NONE);
  }

  private static Partition examples(
      Object attributes, List<Operand> operands, Precision precision) {
    return Partition.ofExamples(operands);
  }

  /** Of which something is read once more. */
  private static Partition cachedExamples(
      Object attributes, List<Operand> operands, Precision precision) {
    return Partition.ofExamples(operands).handingOn(true);
  }

  /**
   * How it falls into pieces.
   *
   * @param precision in which it multiplies
   */
  Partition division(Object attributes, List<Operand> operands, Precision precision) {
    return cut.of(attributes, operands, precision);
  }

  /** Adds the steps of the operation to a plan. */
  void describe(PlanBuilder builder) {
    recipe.describe(builder);
  }
}
