package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.VariationalParameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Priors as named arrays. */
final class PriorTensors {
  private static final Set<String> GAUSSIAN = Set.of("mean", "sigma");
  private static final Set<String> MIXTURE = Set.of("pi", "sigma1", "sigma2");
  private static final List<String> NAMES = List.of("mean", "sigma", "pi", "sigma1", "sigma2");

  private PriorTensors() {}

  static void put(String prefix, Prior prior, Map<String, INDArray> all) {
    if (prior instanceof GaussianPrior gaussian) {
      all.put(prefix + "mean", gaussian.mean());
      all.put(prefix + "sigma", gaussian.sigma());
    } else if (prior instanceof ScaleMixturePrior mixture) {
      all.put(prefix + "pi", Detached.scalar(DataType.DOUBLE, mixture.pi()));
      all.put(prefix + "sigma1", Detached.scalar(DataType.DOUBLE, mixture.sigma1()));
      all.put(prefix + "sigma2", Detached.scalar(DataType.DOUBLE, mixture.sigma2()));
    } else {
      throw new IllegalStateException("no file format for a prior of " + prior.getClass());
    }
  }

  /**
   * Removes a prior's arrays from a state and reads them.
   *
   * @throws IllegalArgumentException naming what is missing, too much, misshapen or out of range
   */
  static Prior take(String prefix, VariationalParameter weights, Map<String, INDArray> state) {
    Map<String, INDArray> found = new LinkedHashMap<>();
    for (String name : NAMES) {
      INDArray array = state.remove(prefix + name);
      if (array != null) {
        found.put(name, array);
      }
    }
    if (found.keySet().equals(GAUSSIAN)) {
      long[] shape = weights.posterior().shape();
      found.forEach((name, array) -> requireFloats(prefix + name, array, shape));
      return named(prefix, () -> GaussianPrior.of(found.get("mean"), found.get("sigma")));
    }
    Require.argument(
        found.keySet().equals(MIXTURE),
        "%smean and %ssigma, or pi, sigma1 and sigma2, are missing or too many: got %s",
        prefix,
        prefix,
        found.keySet());
    double pi = number(prefix, "pi", found);
    double sigma1 = number(prefix, "sigma1", found);
    double sigma2 = number(prefix, "sigma2", found);
    return named(prefix, () -> new ScaleMixturePrior(pi, sigma1, sigma2));
  }

  private static Prior named(String prefix, Supplier<Prior> maker) {
    try {
      return maker.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(prefix + ": " + e.getMessage(), e);
    }
  }

  private static void requireFloats(String name, INDArray array, long... shape) {
    Require.argument(
        array.dataType() == DataType.FLOAT
            && !array.isEmpty()
            && (array.rank() == 0 || Arrays.equals(array.shape(), shape)),
        "%s must be FLOAT and one number or of shape %s, got %s of shape %s",
        name,
        Arrays.toString(shape),
        array.dataType(),
        Arrays.toString(array.shape()));
  }

  private static double number(String prefix, String name, Map<String, INDArray> found) {
    INDArray array = found.get(name);
    Require.argument(
        array.isR() && array.rank() == 0 && !array.isEmpty(),
        "%s%s must be one number of rank 0, got %s of shape %s",
        prefix,
        name,
        array.dataType(),
        Arrays.toString(array.shape()));
    return array.getDouble(0);
  }
}
