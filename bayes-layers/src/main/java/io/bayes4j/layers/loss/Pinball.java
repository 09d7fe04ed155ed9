package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The loss of quantiles; see {@link Losses}. */
final class Pinball {
  private Pinball() {}

  static Loss loss(double... quantiles) {
    Require.argument(
        quantiles != null && quantiles.length > 0, "quantiles must not be null or empty");
    double[] own = quantiles.clone();
    for (int i = 0; i < own.length; i++) {
      Require.argument(
          own[i] > 0 && own[i] < 1, "quantiles[%d] must be in (0, 1), got %s", i, own[i]);
    }
    return new ElementLoss(
        "Pinball(quantiles " + Arrays.toString(own) + ")",
        (output, targets) -> terms(output, targets, own),
        1,
        0,
        true);
  }

  private static Var terms(Var output, INDArray targets, double[] quantiles) {
    long[] expected = targets.shape().clone();
    if (expected.length >= 2) {
      expected[1] *= quantiles.length;
    }
    Require.argument(
        expected.length >= 2 && Arrays.equals(output.shape(), expected),
        "output must be [N, %d D] for targets [N, D], places behind both alike, got %s and %s",
        quantiles.length,
        Require.text(output.shape()),
        Require.text(targets.shape()));
    Losses.requireFloats(targets);
    long d = targets.size(1);
    Var wanted = Var.constant(targets);
    Var sum = null;
    for (int i = 0; i < quantiles.length; i++) {
      Var error = Ops.sub(wanted, Ops.slice(output, 1, i * d, (i + 1) * d));
      // q e + max(-e, 0) is q e above and (q - 1) e below.
      Var term = Ops.add(Ops.scale(error, quantiles[i]), Activations.relu(Ops.neg(error)));
      sum = sum == null ? term : Ops.add(sum, term);
    }
    return Objects.requireNonNull(sum);
  }
}
