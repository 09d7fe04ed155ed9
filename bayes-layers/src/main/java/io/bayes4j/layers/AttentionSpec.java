package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;

/**
 * Options of attention; the defaults are PyTorch's.
 *
 * <pre>{@code AttentionSpec.of(64, 8).withDropout(0.1)}</pre>
 *
 * @param units features of the queries and of the output, divided among the heads
 * @param heads number of heads
 * @param keyInputs features of the keys
 * @param valueInputs features of the values
 * @param dropout probability that an attention weight is dropped
 * @param bias whether the projections have biases
 */
@CheckReturnValue
public record AttentionSpec(
    long units, int heads, long keyInputs, long valueInputs, double dropout, boolean bias) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the option, its value and the rule
   */
  public AttentionSpec {
    Require.positive(units, "units");
    Require.positive(heads, "heads");
    Require.argument(
        units % heads == 0, "units (=%d) must be divisible by heads (=%d)", units, heads);
    Require.positive(keyInputs, "keyInputs");
    Require.positive(valueInputs, "valueInputs");
    Require.argument(dropout >= 0 && dropout < 1, "dropout must be in [0, 1), got %s", dropout);
  }

  /** Queries, keys and values with the same number of features, biases, no dropout. */
  public static AttentionSpec of(long units, int heads) {
    return new AttentionSpec(units, heads, units, units, 0, true);
  }

  /** The same with other numbers of features of the keys and of the values. */
  public AttentionSpec withInputs(long keyInputs, long valueInputs) {
    return new AttentionSpec(units, heads, keyInputs, valueInputs, dropout, bias);
  }

  /** The same with dropout of attention weights. */
  public AttentionSpec withDropout(double p) {
    return new AttentionSpec(units, heads, keyInputs, valueInputs, p, bias);
  }

  /** The same without biases. */
  public AttentionSpec withoutBias() {
    return new AttentionSpec(units, heads, keyInputs, valueInputs, dropout, false);
  }

  /** Features that a head sees. */
  public long unitsPerHead() {
    return units / heads;
  }
}
