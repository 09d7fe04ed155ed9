package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.norm.GroupNormalization;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Layer normalisation over the channels of [N, C, spatial ...], place by place, as ConvNeXt does it
 * (Liu et al. 2022); parameters as in {@link LayerNorm}. Scale starts at one, shift at zero.
 */
public final class ChannelNorm implements Normalization {
  private static final double EPSILON = 1e-6;

  private final long channels;
  private final double epsilon;
  private final AffineParameters affine;

  /**
   * With epsilon 1e-6, as ConvNeXt has it.
   *
   * @throws IllegalArgumentException if channels is not above zero
   */
  public ChannelNorm(long channels) {
    this(channels, EPSILON);
  }

  /**
   * With another epsilon.
   *
   * @param epsilon added to the variance
   * @throws IllegalArgumentException if a number is not above zero
   */
  public ChannelNorm(long channels, double epsilon) {
    this.channels = Require.positive(channels, "channels");
    this.epsilon = Require.positiveAsFloat(epsilon, "epsilon");
    this.affine = new AffineParameters(true, channels);
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
    int rank = x.rank();
    Require.argument(
        rank >= 3 && x.size(1) == channels,
        "x must be [N, %d, spatial ...], got shape %s",
        channels,
        Require.text(x.shape()));
    int[] last = IntStream.range(0, rank).map(i -> i == 0 ? 0 : i % (rank - 1) + 1).toArray();
    int[] back =
        IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1).toArray();
    Var y =
        GroupNormalization.layerNorm(Ops.permute(x, last), affine.scale(), affine.shift(), epsilon);
    return Ops.permute(y, back);
  }

  @Override
  public String toString() {
    return "ChannelNorm(" + channels + ")";
  }
}
