package io.bayes4j.layers.loss;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gaussian noise of the observations that is the same for all examples and is learned: the last
 * layer of a network that returns means [N, D], or [N, D, places...], behind which it puts D
 * spreads, for {@link Losses#gaussianNll()} and {@code regress}.
 *
 * <p>It has one parameter for each output, {@code raw}; {@link Losses#variance} of it is the
 * variance. With a network whose outputs are the spreads, noise may depend on the input; of a few
 * hundred examples that is rarely learned well, and one spread is the better model.
 */
public final class ObservationNoise implements Layer {
  private final Parameter raw;

  /**
   * Noise of the same spread for all outputs to begin with.
   *
   * @param outputs number D of outputs
   * @param sigma standard deviation to begin with, in the targets' unit
   * @throws IllegalArgumentException if outputs is not above zero, or sigma not in [0.01, 1000]
   */
  public ObservationNoise(long outputs, double sigma) {
    Require.positive(outputs, "outputs");
    Require.argument(
        sigma >= 0.01 && sigma <= 1000, "sigma must be in [0.01, 1000], got %s", sigma);
    INDArray start = Detached.zeros(outputs);
    Detached.fill(start, Losses.rawOfVariance(sigma * sigma));
    this.raw = new Parameter(start);
  }

  /** The standard deviations as they are now, [D], in the targets' unit. */
  public INDArray sigma() {
    return Detached.copy(Ops.sqrt(Losses.variance(Var.constant(raw.value()))).value());
  }

  @Override
  public Map<String, Parameter> parameters() {
    return Map.of("raw", raw);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    long outputs = raw.value().length();
    Require.argument(
        x.rank() >= 2 && x.size(1) == outputs,
        "x must be [N, %d] or [N, %d, places...], got shape %s",
        outputs,
        outputs,
        Require.text(x.shape()));
    long[] shape = new long[x.rank()];
    Arrays.fill(shape, 1);
    shape[1] = outputs;
    Var zeros = Var.constant(Detached.zeros(x.shape()));
    return Ops.concat(1, x, Ops.add(zeros, Ops.reshape(raw.var(), shape)));
  }

  @Override
  public String toString() {
    return "ObservationNoise(" + raw.value().length() + ")";
  }
}
