package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.norm.GroupNormalization;
import java.util.Map;

/**
 * Instance normalisation (Ulyanov, Vedaldi and Lempitsky 2016) of [N, C, ...]: in each example,
 * each channel is brought to mean zero and variance one, then scaled and shifted. Training and
 * prediction compute the same. Scale starts at one, shift at zero.
 */
public final class InstanceNorm implements Normalization {
  private static final double EPSILON = 1e-5;

  private final int channels;
  private final double epsilon;
  private final AffineParameters affine;

  /**
   * With epsilon 1e-5, without a scale and a shift: PyTorch's defaults.
   *
   * @throws IllegalArgumentException if channels is not above zero
   */
  public InstanceNorm(int channels) {
    this(channels, EPSILON, false);
  }

  /**
   * With options.
   *
   * @param epsilon added to the variance
   * @param affine whether there are a scale and a shift
   * @throws IllegalArgumentException if a number is not above zero
   */
  public InstanceNorm(int channels, double epsilon, boolean affine) {
    Require.positive(channels, "channels");
    this.channels = channels;
    this.epsilon = Require.positiveAsFloat(epsilon, "epsilon");
    this.affine = new AffineParameters(affine, channels);
  }

  /** What is added to the variance. */
  public double epsilon() {
    return epsilon;
  }

  @Override
  public Map<String, Parameter> parameters() {
    return affine.byName();
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    Require.open(x, "x");
    Require.argument(
        x.rank() >= 3 && x.size(1) == channels,
        "x must be [N, %d, spatial ...], got shape %s",
        channels,
        Require.text(x.shape()));
    return GroupNormalization.groupNorm(x, channels, affine.scale(), affine.shift(), epsilon);
  }

  @Override
  public String toString() {
    return "InstanceNorm(" + channels + ")";
  }
}
