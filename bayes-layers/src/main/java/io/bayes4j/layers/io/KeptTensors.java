package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Which weights pruning has left, as a named array of ones and zeros for each pruned tensor. */
final class KeptTensors {
  private KeptTensors() {}

  static void put(String name, VariationalParameter weights, Map<String, INDArray> all) {
    weights.posterior().kept().ifPresent(kept -> all.put(name, kept));
  }

  /** Removes a tensor's array from a state, if there is one, and checks it. */
  static Optional<INDArray> take(
      String name, VariationalParameter weights, Map<String, INDArray> state) {
    INDArray kept = state.remove(name);
    if (kept == null) {
      return Optional.empty();
    }
    long[] shape = weights.posterior().shape();
    Require.argument(
        kept.dataType() == DataType.FLOAT && Arrays.equals(kept.shape(), shape),
        "%s must be FLOAT of shape %s, got %s of shape %s",
        name,
        Require.text(shape),
        kept.dataType(),
        Require.text(kept.shape()));
    for (float mark : Detached.copy(kept).data().asFloat()) {
      Require.argument(mark == 0 || mark == 1, "%s must hold zeros and ones, got %s", name, mark);
    }
    return Optional.of(kept);
  }

  static void assign(GaussianPosterior posterior, Optional<INDArray> kept) {
    kept.ifPresentOrElse(posterior::prune, posterior::keepAll);
  }
}
