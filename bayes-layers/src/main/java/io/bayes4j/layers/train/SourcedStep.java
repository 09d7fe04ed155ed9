package io.bayes4j.layers.train;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a {@link GradientSource} has answered, and what becomes of it in the model. */
final class SourcedStep implements Steps.Statistics {
  private final StepGradients answer;
  private final Map<String, Parameter> parameters;
  private final Map<String, INDArray> buffers;

  /**
   * Of a step.
   *
   * @throws IllegalArgumentException if the answer is not about this model's parameters and buffers
   */
  SourcedStep(Layer model, StepGradients answer) {
    this.answer = answer;
    this.parameters = Layers.parameters(model);
    this.buffers = Layers.buffers(model);
    Require.argument(answer.examples() > 0, "gradients must be of some examples, got none");
    answer.gradients().forEach((path, row) -> requireLike(path, value(path), row));
    answer.buffers().forEach((path, row) -> requireLike(path, buffers.get(path), row));
  }

  private @Nullable INDArray value(String path) {
    Parameter parameter = parameters.get(path);
    return parameter == null || !parameter.trainable() ? null : parameter.value();
  }

  private static void requireLike(String path, @Nullable INDArray own, float... row) {
    if (own == null) {
      throw new IllegalArgumentException(
          "gradients must be those of the model, which trains no " + path);
    }
    Require.argument(
        own.length() == row.length,
        "%s must have %d numbers, got %d",
        path,
        own.length(),
        row.length);
  }

  /**
   * Figures of the step.
   *
   * @param kl the divergence with its weight
   * @throws DivergedException if a number is not finite
   */
  TrainingStep.Figures figures(double kl, String when) {
    double loss = answer.loss() + kl;
    if (!Double.isFinite(loss)) {
      throw new DivergedException(
          when
              + ": the loss is not finite; that of the examples is "
              + answer.loss()
              + ", the divergence adds "
              + kl);
    }
    return new TrainingStep.Figures(loss, answer.loss(), kl, 0, new TreeMap<>(answer.metrics()));
  }

  void addTo(GradientSum sum) {
    answer
        .gradients()
        .forEach(
            (path, row) -> {
              Parameter parameter = Require.entry(parameters, path);
              sum.add(parameter, array(row, parameter.shape()));
            });
  }

  @Override
  public void prepare(String when) {
    answer
        .buffers()
        .forEach(
            (path, row) -> {
              for (float number : row) {
                if (!Float.isFinite(number)) {
                  throw new DivergedException(when + ": " + path + " would be " + number);
                }
              }
            });
  }

  @Override
  public void commit() {
    answer
        .buffers()
        .forEach(
            (path, row) -> {
              INDArray own = Require.entry(buffers, path);
              Detached.copy(array(row, own.shape()), own);
            });
  }

  private static INDArray array(float[] row, long... shape) {
    INDArray array = Arena.allocate(shape);
    FloatMemory.of(array, "row").write(0, row, row.length);
    return array;
  }
}
