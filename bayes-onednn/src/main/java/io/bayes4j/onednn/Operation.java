package io.bayes4j.onednn;

import java.util.function.Consumer;

/** What plans compute, and how each is put together from primitives. */
enum Operation {
  MATMUL(MatmulPlans::product),
  CONVOLUTION(ConvolutionPlans::forward),
  CONVOLUTION_BACKWARD_DATA(ConvolutionPlans::backwardData),
  CONVOLUTION_BACKWARD_WEIGHTS(ConvolutionPlans::backwardWeights),
  MAX_POOLING(builder -> PoolingPlans.forward(builder, OneDnnApi.Pooling.MAX)),
  MAX_POOLING_BACKWARD(PoolingPlans::maxBackward),
  AVERAGE_POOLING(builder -> PoolingPlans.forward(builder, OneDnnApi.Pooling.AVERAGE)),
  AVERAGE_POOLING_BACKWARD(PoolingPlans::averageBackward),
  BATCH_NORM(BatchNormPlans::forward),
  BATCH_NORM_BACKWARD(BatchNormPlans::backward);

  private final Consumer<PlanBuilder> recipe;

  Operation(Consumer<PlanBuilder> recipe) {
    this.recipe = recipe;
  }

  /** Adds the steps of the operation to a plan. */
  void describe(PlanBuilder builder) {
    recipe.accept(builder);
  }
}
