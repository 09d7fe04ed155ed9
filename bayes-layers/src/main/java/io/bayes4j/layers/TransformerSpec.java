package io.bayes4j.layers;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;

/**
 * Options of a transformer encoder layer; the defaults are PyTorch's.
 *
 * <pre>{@code TransformerSpec.of(64, 8).withFeedforward(256).withActivation(Activation.GELU_EXACT)}
 * </pre>
 *
 * @param units features of each step
 * @param heads number of heads of the attention
 * @param feedforward features between the two dense layers
 * @param dropout probability that an attention weight, or an element between the parts, is dropped
 * @param activation what acts between the two dense layers
 * @param normFirst whether attention and dense layers read normalised numbers, rather than their
 *     sum with the input being normalised
 * @param epsilon added to the variance in layer normalisation
 */
@CheckReturnValue
public record TransformerSpec(
    long units,
    int heads,
    long feedforward,
    double dropout,
    Activation activation,
    boolean normFirst,
    double epsilon) {
  private static final long FEEDFORWARD = 2048;
  private static final double DROPOUT = 0.1;
  private static final double EPSILON = 1e-5;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the option, its value and the rule
   */
  public TransformerSpec {
    Require.positive(feedforward, "feedforward");
    Require.positiveAsFloat(epsilon, "epsilon");
    Require.argument(activation != null, "activation must not be null");
    attention(units, heads, dropout);
  }

  /** 2048 features between the dense layers, dropout 0.1, ReLU, normalised sums. */
  public static TransformerSpec of(long units, int heads) {
    return new TransformerSpec(units, heads, FEEDFORWARD, DROPOUT, Activation.RELU, false, EPSILON);
  }

  /** The same with another number of features between the dense layers. */
  public TransformerSpec withFeedforward(long features) {
    return new TransformerSpec(units, heads, features, dropout, activation, normFirst, epsilon);
  }

  /** The same with another probability of dropping. */
  public TransformerSpec withDropout(double p) {
    return new TransformerSpec(units, heads, feedforward, p, activation, normFirst, epsilon);
  }

  /** The same with another activation; PyTorch's "gelu" is {@link Activation#GELU_EXACT}. */
  public TransformerSpec withActivation(Activation function) {
    return new TransformerSpec(units, heads, feedforward, dropout, function, normFirst, epsilon);
  }

  /** The same with normalisation before attention and dense layers, rather than after. */
  public TransformerSpec withNormFirst() {
    return new TransformerSpec(units, heads, feedforward, dropout, activation, true, epsilon);
  }

  /** The same with another number added to the variance. */
  public TransformerSpec withEpsilon(double number) {
    return new TransformerSpec(units, heads, feedforward, dropout, activation, normFirst, number);
  }

  /** Options of the attention. */
  public AttentionSpec attention() {
    return attention(units, heads, dropout);
  }

  @CanIgnoreReturnValue
  private static AttentionSpec attention(long units, int heads, double dropout) {
    return AttentionSpec.of(units, heads).withDropout(dropout);
  }
}
