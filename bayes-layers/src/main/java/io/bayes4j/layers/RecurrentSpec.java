package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Require;

/**
 * Options of a recurrent layer; the defaults are PyTorch's.
 *
 * <pre>{@code RecurrentSpec.of(32, 64).withLayers(2).withBidirectional().withDropout(0.1)}</pre>
 *
 * @param inputs features of each step
 * @param hidden units of each direction of each layer
 * @param layers number of layers, each reading the output of the one before
 * @param bidirectional whether each layer also reads the sequence backwards
 * @param dropout probability that an output of a layer other than the last is dropped
 * @param bias whether there are biases
 */
@CheckReturnValue
public record RecurrentSpec(
    long inputs, long hidden, int layers, boolean bidirectional, double dropout, boolean bias) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the option, its value and the rule
   */
  public RecurrentSpec {
    Require.positive(inputs, "inputs");
    Require.positive(hidden, "hidden");
    Require.positive(layers, "layers");
    Require.argument(dropout >= 0 && dropout < 1, "dropout must be in [0, 1), got %s", dropout);
    Require.argument(
        dropout == 0 || layers > 1,
        "dropout acts between layers and needs at least 2 of them, got dropout %s and layers %d",
        dropout,
        layers);
  }

  /** One layer that reads forwards, with biases. */
  public static RecurrentSpec of(long inputs, long hidden) {
    return new RecurrentSpec(inputs, hidden, 1, false, 0, true);
  }

  /** The same with another number of layers. */
  public RecurrentSpec withLayers(int number) {
    return new RecurrentSpec(inputs, hidden, number, bidirectional, dropout, bias);
  }

  /** The same, reading in both directions; the outputs have twice the units. */
  public RecurrentSpec withBidirectional() {
    return new RecurrentSpec(inputs, hidden, layers, true, dropout, bias);
  }

  /** The same with dropout between layers. */
  public RecurrentSpec withDropout(double p) {
    return new RecurrentSpec(inputs, hidden, layers, bidirectional, p, bias);
  }

  /** The same without biases. */
  public RecurrentSpec withoutBias() {
    return new RecurrentSpec(inputs, hidden, layers, bidirectional, dropout, false);
  }

  /** Number of directions, 1 or 2. */
  public int directions() {
    return bidirectional ? 2 : 1;
  }

  /** Features of each step's output. */
  public long outputs() {
    return directions() * hidden;
  }

  /** Sizes, and what differs from the defaults. */
  @Override
  public String toString() {
    return inputs
        + " -> "
        + hidden
        + (layers == 1 ? "" : ", " + layers + " layers")
        + (bidirectional ? ", bidirectional" : "")
        + (dropout == 0 ? "" : ", dropout " + dropout)
        + (bias ? "" : ", no bias");
  }
}
