package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.variational.Kl;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The numbers of a model in three rows: means and spreads of its posteriors, and all others. */
final class ModelState implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final float[] mean;
  private final float[] sigma;
  private final float[] others;

  /** Takes the arrays themselves. */
  ModelState(float[] mean, float[] sigma, float[] others) {
    this.mean = mean;
    this.sigma = sigma;
    this.others = others;
  }

  static ModelState of(Layer model) {
    List<INDArray> means = new ArrayList<>();
    List<INDArray> sigmas = new ArrayList<>();
    for (VariationalParameter weights : Kl.distributions(model).values()) {
      means.add(weights.posterior().mu().value());
      sigmas.add(weights.posterior().sigma());
    }
    return new ModelState(joined(means), joined(sigmas), joined(others(model)));
  }

  /** The prior of every Bayesian weight. */
  static Gaussians prior(Layer model) {
    List<float[]> means = new ArrayList<>();
    List<float[]> sigmas = new ArrayList<>();
    Kl.distributions(model)
        .forEach(
            (path, weights) -> {
              Require.argument(
                  weights.prior() instanceof GaussianPrior,
                  "the prior of %s must be Gaussian, so that it can be counted once, got %s",
                  path,
                  weights.prior());
              GaussianPrior prior = (GaussianPrior) weights.prior();
              int length = Math.toIntExact(weights.posterior().mu().value().length());
              means.add(spread(prior.mean(), length));
              sigmas.add(spread(prior.sigma(), length));
            });
    return Gaussians.of(concatenated(means), concatenated(sigmas));
  }

  private static float[] spread(INDArray array, int length) {
    float[] numbers = FloatMemory.numbers(array, "prior");
    if (numbers.length == length) {
      return numbers;
    }
    float[] all = new float[length];
    Arrays.fill(all, numbers[0]);
    return all;
  }

  float[] mean() {
    return mean;
  }

  float[] sigma() {
    return sigma;
  }

  float[] others() {
    return others;
  }

  Gaussians posterior() {
    return Gaussians.of(mean, sigma);
  }

  /** The means a multiple as far from others as these are; spreads and the rest as they are. */
  ModelState beyond(ModelState start, double factor) {
    float[] far = mean.clone();
    for (int i = 0; i < far.length; i++) {
      far[i] = (float) (start.mean[i] + factor * (mean[i] - start.mean[i]));
    }
    return new ModelState(far, sigma, others);
  }

  long bytes() {
    return (long) Float.BYTES * (mean.length + sigma.length + others.length);
  }

  /** Puts the numbers into a model of the same architecture. */
  void writeTo(Layer model) {
    ModelAccess.changing(
        model,
        () -> {
          int at = 0;
          for (VariationalParameter weights : Kl.distributions(model).values()) {
            GaussianPosterior q = weights.posterior();
            int end = at + Math.toIntExact(q.mu().value().length());
            GaussianPosterior other =
                GaussianPosterior.ofSigma(
                    Detached.of(Arrays.copyOfRange(mean, at, end), q.shape()),
                    Detached.of(Arrays.copyOfRange(sigma, at, end), q.shape()));
            Detached.copy(other.mu().value(), q.mu().value());
            Detached.copy(other.rho().value(), q.rho().value());
            at = end;
          }
          int from = 0;
          for (INDArray array : others(model)) {
            int end = from + Math.toIntExact(array.length());
            Detached.copy(Detached.of(Arrays.copyOfRange(others, from, end), array.shape()), array);
            from = end;
          }
          return model;
        });
  }

  /** Gives every weight of a model a Gaussian prior of its own. */
  static void writePrior(Layer model, Gaussians prior) {
    float[] means = prior.means();
    float[] sigmas = prior.sigmas();
    int at = 0;
    for (VariationalParameter weights : Kl.distributions(model).values()) {
      long[] shape = weights.posterior().shape();
      int end = at + Math.toIntExact(weights.posterior().mu().value().length());
      weights.setPrior(
          GaussianPrior.of(
              Detached.of(Arrays.copyOfRange(means, at, end), shape),
              Detached.of(Arrays.copyOfRange(sigmas, at, end), shape)));
      at = end;
    }
  }

  /** Trained weights without a posterior, and buffers of floats. */
  private static List<INDArray> others(Layer model) {
    Set<Object> drawn = Collections.newSetFromMap(new IdentityHashMap<>());
    for (VariationalParameter weights : Kl.distributions(model).values()) {
      drawn.add(weights.posterior().mu());
      drawn.add(weights.posterior().rho());
    }
    List<INDArray> arrays = new ArrayList<>();
    Layers.parameters(model).values().stream()
        .filter(parameter -> !drawn.contains(parameter))
        .forEach(parameter -> arrays.add(parameter.value()));
    for (Map.Entry<String, INDArray> buffer : Layers.buffers(model).entrySet()) {
      if (buffer.getValue().dataType() == DataType.FLOAT) {
        arrays.add(buffer.getValue());
      }
    }
    return arrays;
  }

  private static float[] joined(List<INDArray> arrays) {
    return concatenated(arrays.stream().map(array -> FloatMemory.numbers(array, "state")).toList());
  }

  private static float[] concatenated(List<float[]> rows) {
    float[] all = new float[rows.stream().mapToInt(row -> row.length).sum()];
    int at = 0;
    for (float[] row : rows) {
      System.arraycopy(row, 0, all, at, row.length);
      at += row.length;
    }
    return all;
  }
}
