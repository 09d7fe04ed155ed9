package io.bayes4j.layers.posterior;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mean, variance and last deviations of weights that move: the Gaussian of SWAG.
 *
 * <p>The variance is kept as a sum of squared deviations (Welford 1962), which equals the mean of
 * the squares less the square of the mean, without its loss of digits.
 */
final class WeightMoments {
  private static final String MEAN = "mean/";
  private static final String SQUARES = "squares/";
  private static final String DEVIATIONS = "deviations/";

  private final Map<String, Moments> all = new LinkedHashMap<>();
  private final int rank;
  private long count;

  /** The moments of one parameter. */
  private record Moments(
      Parameter parameter, INDArray mean, INDArray squares, Deque<INDArray> deviations) {
    static Moments none(Parameter parameter) {
      INDArray mean = Detached.zeros(parameter.shape());
      return new Moments(parameter, mean, Detached.copy(mean), new ArrayDeque<>());
    }

    Moments copy() {
      return new Moments(
          parameter, Detached.copy(mean), Detached.copy(squares), new ArrayDeque<>(deviations));
    }

    void add(long count, int rank) {
      float[] weights = FloatMemory.numbers(parameter.value(), "weights");
      float[] means = FloatMemory.numbers(mean, "mean");
      float[] sums = FloatMemory.numbers(squares, "squares");
      float[] after = new float[weights.length];
      for (int i = 0; i < weights.length; i++) {
        float before = weights[i] - means[i];
        means[i] += before / count;
        after[i] = weights[i] - means[i];
        sums[i] += before * after[i];
      }
      FloatMemory.of(mean, "mean").write(0, means, means.length);
      FloatMemory.of(squares, "squares").write(0, sums, sums.length);
      if (rank > 0) {
        deviations.addLast(Detached.of(after, mean.shape()));
        if (deviations.size() > rank) {
          deviations.removeFirst();
        }
      }
    }
  }

  WeightMoments(Layer model, int rank) {
    this.rank = rank;
    Layers.parameters(model)
        .forEach(
            (path, parameter) -> {
              if (parameter.trainable()) {
                all.put(path, Moments.none(parameter));
              }
            });
    Require.argument(!all.isEmpty(), "model must have a trainable parameter, got %s", model);
  }

  private WeightMoments(WeightMoments other) {
    other.all.forEach((path, moments) -> all.put(path, moments.copy()));
    this.rank = other.rank;
    this.count = other.count;
  }

  WeightMoments copy() {
    return new WeightMoments(this);
  }

  /** The moments by name: all that a draw, or collecting on, depends on, but the count. */
  Map<String, INDArray> arrays() {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    all.forEach(
        (path, moments) -> {
          arrays.put(MEAN + path, moments.mean);
          arrays.put(SQUARES + path, moments.squares);
          if (!moments.deviations.isEmpty()) {
            arrays.put(DEVIATIONS + path, Detached.stack(moments.deviations));
          }
        });
    return arrays;
  }

  /**
   * Moments of the same model that were saved.
   *
   * @param count how many times weights were taken in
   * @param arrays what {@link #arrays} gave; those that are used are removed
   * @throws IllegalArgumentException naming what is missing, misshapen or out of range
   */
  WeightMoments restored(long count, Map<String, INDArray> arrays) {
    WeightMoments restored = new WeightMoments(this);
    restored.count = count;
    all.forEach(
        (path, own) -> {
          long[] shape = own.parameter.shape();
          INDArray mean = take(arrays, MEAN + path, shape);
          INDArray squares = take(arrays, SQUARES + path, shape);
          Require.argument(Detached.least(squares) >= 0, "%s%s must be >= 0", SQUARES, path);
          Deque<INDArray> deviations = new ArrayDeque<>();
          long columns = Math.min(rank, count);
          if (columns > 0) {
            long[] stacked = new long[shape.length + 1];
            stacked[0] = columns;
            System.arraycopy(shape, 0, stacked, 1, shape.length);
            INDArray together = take(arrays, DEVIATIONS + path, stacked);
            for (long k = 0; k < columns; k++) {
              deviations.add(Detached.reshape(Matrices.copy(together.slice(k)), shape));
            }
          }
          restored.all.put(path, new Moments(own.parameter, mean, squares, deviations));
        });
    return restored;
  }

  private static INDArray take(Map<String, INDArray> arrays, String name, long... shape) {
    INDArray array = arrays.remove(name);
    Require.argument(
        array != null
            && array.dataType() == DataType.FLOAT
            && Arrays.equals(array.shape(), shape)
            && Finite.all(array),
        "%s must be finite, FLOAT and of shape %s, got %s",
        name,
        Require.text(shape),
        array == null ? "none" : array.dataType() + " of shape " + Require.text(array.shape()));
    return Matrices.copy(Objects.requireNonNull(array));
  }

  /** How many deviations are kept. */
  int rank() {
    return rank;
  }

  long count() {
    return count;
  }

  /** Takes in the weights as they are now. */
  void add() {
    count++;
    all.values().forEach(moments -> moments.add(count, rank));
  }

  /** Means by path. */
  Map<String, INDArray> mean() {
    Map<String, INDArray> means = new LinkedHashMap<>();
    all.forEach((path, moments) -> means.put(path, moments.mean));
    return means;
  }

  /**
   * Writes a draw into the model: mean + sqrt(variance / 2) z1 + D z2 / sqrt(2 (K - 1)), where the
   * columns of D are the last K deviations (Maddox et al. 2019, equation 1); without deviations,
   * mean + sqrt(variance) z1.
   */
  void drawInto(Noise noise) {
    List<Float> factors = factors(noise.split("low rank"));
    double diagonal = factors.isEmpty() ? 1 : 0.5;
    Noise own = noise.split("diagonal");
    all.forEach(
        (path, moments) -> {
          float share = (float) (diagonal / count);
          INDArray draw =
              Elementwise.map(
                  own.split(path).normals(moments.parameter.shape()),
                  moments.squares,
                  moments.mean,
                  (z, squares, mean, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = z[i] * (float) Math.sqrt(squares[i] * share) + mean[i];
                    }
                  });
          int k = 0;
          for (INDArray deviation : moments.deviations) {
            Elementwise.addInto(draw, Elementwise.scale(deviation, factors.get(k++)));
          }
          moments.parameter.assign(draw);
        });
  }

  /** One number for each deviation, the same for all parameters: it is their covariance. */
  private List<Float> factors(Noise noise) {
    int columns = (int) Math.min(rank, count);
    List<Float> factors = new ArrayList<>();
    if (columns >= 2) {
      float[] normals = new float[columns];
      noise.normals(normals, 0, columns, 0);
      for (float z : normals) {
        factors.add((float) (z / Math.sqrt(2.0 * (columns - 1))));
      }
    }
    return factors;
  }
}
