package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.norm.GroupNormalization;
import java.util.Map;

/**
 * Group normalisation (Wu and He 2018) of [N, C, ...]: in each example, each group of channels is
 * brought to mean zero and variance one, then each channel is scaled and shifted. Training and
 * prediction compute the same, for batches of any size. Scale starts at one, shift at zero.
 */
public final class GroupNorm implements Normalization {
  private static final double EPSILON = 1e-5;

  private final int groups;
  private final long channels;
  private final double epsilon;
  private final AffineParameters affine;

  /**
   * With a scale and a shift for each channel.
   *
   * @throws IllegalArgumentException if a number is not above zero, or groups does not divide
   *     channels
   */
  public GroupNorm(int groups, long channels) {
    this(groups, channels, EPSILON, true);
  }

  /**
   * With options.
   *
   * @param epsilon added to the variance
   * @param affine whether there are a scale and a shift
   * @throws IllegalArgumentException if a number is not above zero, or groups does not divide
   *     channels
   */
  public GroupNorm(int groups, long channels, double epsilon, boolean affine) {
    Require.positive(groups, "groups");
    Require.positive(channels, "channels");
    Require.argument(
        channels % groups == 0,
        "channels (=%d) must be divisible by groups (=%d)",
        channels,
        groups);
    this.groups = groups;
    this.channels = channels;
    this.epsilon = Require.positiveAsFloat(epsilon, "epsilon");
    this.affine = new AffineParameters(affine, channels);
  }

  /** Number of groups. */
  public int groups() {
    return groups;
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
        x.rank() >= 2 && x.size(1) == channels,
        "x must be [N, %d, ...], got shape %s",
        channels,
        Require.text(x.shape()));
    return GroupNormalization.groupNorm(x, groups, affine.scale(), affine.shift(), epsilon);
  }

  @Override
  public String toString() {
    return "GroupNorm(" + groups + ", " + channels + ")";
  }
}
