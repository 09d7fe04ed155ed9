package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.SpikeAndSlabPrior;
import io.bayes4j.core.variational.VariationalParameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Priors as named arrays: those of the library by the names of their numbers, others with their
 * kind before it. A prior of the user's own is made by the one that the model has at that place,
 * which knows its type.
 */
final class PriorTensors {
  /** One of each of the library's types. */
  private static final List<Prior> OWN =
      List.of(
          GaussianPrior.of(0, 1),
          new ScaleMixturePrior(0.5, 1, 1),
          SpikeAndSlabPrior.of(0.5, 1, 0.1));

  private PriorTensors() {}

  private static boolean isOwn(Prior prior) {
    return OWN.stream().anyMatch(own -> own.kind().equals(prior.kind()));
  }

  static void put(String prefix, Prior prior, Map<String, INDArray> all) {
    String kind = prior.kind();
    Require.argument(
        kind != null && kind.matches("[a-z][a-z0-9-]*"),
        "kind of the prior %s must be lower-case letters, digits and hyphens, got \"%s\"",
        prior,
        kind);
    String name = isOwn(prior) ? prefix : prefix + kind + ".";
    Map<String, INDArray> numbers = Require.entries(prior.numbers(), "numbers of " + kind);
    Require.argument(
        !numbers.isEmpty(), "a prior must have numbers, so that files name it, got %s", prior);
    numbers.keySet().stream().sorted().forEach(key -> all.put(name + key, numbers.get(key)));
  }

  /**
   * Removes a prior's arrays from a state and reads them.
   *
   * @throws IllegalArgumentException naming what is missing, too much, misshapen or out of range
   */
  static Prior take(String prefix, VariationalParameter weights, Map<String, INDArray> state) {
    Map<String, INDArray> found = new LinkedHashMap<>();
    for (String name : List.copyOf(state.keySet())) {
      if (name.startsWith(prefix)) {
        found.put(name.substring(prefix.length()), state.remove(name));
      }
    }
    Prior present = weights.prior();
    if (!isOwn(present)) {
      return other(prefix, present, found);
    }
    for (Prior own : OWN) {
      if (own.numbers().keySet().equals(found.keySet())) {
        if (own instanceof GaussianPrior) {
          long[] shape = weights.posterior().shape();
          found.forEach((name, array) -> requireFloats(prefix + name, array, shape));
        }
        return named(prefix, () -> own.withNumbers(found));
      }
    }
    throw new IllegalArgumentException(
        String.format(
            java.util.Locale.ROOT,
            "%smean and %ssigma, or pi, sigma1 and sigma2, or slab, slab_sigma and spike_scale, are"
                + " missing or too many: got %s",
            prefix,
            prefix,
            found.keySet()));
  }

  private static Prior other(String prefix, Prior present, Map<String, INDArray> found) {
    String kind = present.kind() + ".";
    Map<String, INDArray> numbers = new LinkedHashMap<>();
    found.forEach(
        (name, array) -> {
          Require.argument(
              name.startsWith(kind),
              "%s is not of a prior of kind %s, which the model has there: got %s",
              prefix + name,
              present.kind(),
              found.keySet());
          numbers.put(name.substring(kind.length()), array);
        });
    Require.argument(
        numbers.keySet().equals(present.numbers().keySet()),
        "numbers of the prior %s must be %s, got %s",
        prefix + present.kind(),
        present.numbers().keySet(),
        numbers.keySet());
    return named(prefix, () -> present.withNumbers(numbers));
  }

  private static Prior named(String prefix, Supplier<? extends Prior> maker) {
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
        Require.text(shape),
        array.dataType(),
        Require.text(array.shape()));
  }
}
