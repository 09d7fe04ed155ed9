package io.bayes4j.onednn;

import com.google.errorprone.annotations.Immutable;

/** What plans compute, and how each is put together from primitives. */
enum Operation {
  MATMUL(MatmulPlans::product),
  CONVOLUTION(ConvolutionPlans::forward),
  CONVOLUTION_BACKWARD_DATA(ConvolutionPlans::backwardData),
  CONVOLUTION_BACKWARD_WEIGHTS(ConvolutionPlans::backwardWeights),
  EXAMPLE_CONVOLUTION(ExamplePlans::forward),
  EXAMPLE_BACKWARD_DATA(ExamplePlans::backwardData),
  EXAMPLE_BACKWARD_WEIGHTS(ExamplePlans::backwardWeights),
  MAX_POOLING(builder -> PoolingPlans.forward(builder, OneDnnApi.Pooling.MAX)),
  MAX_POOLING_BACKWARD(PoolingPlans::maxBackward),
  AVERAGE_POOLING(builder -> PoolingPlans.forward(builder, OneDnnApi.Pooling.AVERAGE)),
  AVERAGE_POOLING_BACKWARD(PoolingPlans::averageBackward),
  CHANNEL_AFFINE(ChannelPlans::affine),
  CHANNEL_ADD(builder -> ChannelPlans.combine(builder, OneDnnApi.Binary.ADD)),
  CHANNEL_SCALE(builder -> ChannelPlans.combine(builder, OneDnnApi.Binary.MULTIPLY)),
  SUM_OF_POSITIONS(ChannelPlans::sumOfPositions);

  /** How to put a plan together. */
  @Immutable
  @FunctionalInterface
  private interface Recipe {
    void describe(PlanBuilder builder);
  }

  private final Recipe recipe;

  Operation(Recipe recipe) {
    this.recipe = recipe;
  }

  /** Adds the steps of the operation to a plan. */
  void describe(PlanBuilder builder) {
    recipe.describe(builder);
  }
}
