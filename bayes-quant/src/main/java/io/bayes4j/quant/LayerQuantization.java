package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of one layer of a network that was quantized.
 *
 * @param path names of the slots from the root, joined by dots; empty for the root
 * @param layer what it was
 * @param outcome what was done
 * @param detail what it is now, or why it was left
 * @param input how its input is rounded; empty if the layer was not calibrated or not quantized
 * @param signalToNoise of its output at the means, in decibels: what the float layer returns
 *     against the difference; empty if it was not calibrated or not quantized
 * @param spreadRatio standard deviation of its output over draws, divided by that of the float
 *     layer; empty if it has none, or was not calibrated
 */
public record LayerQuantization(
    String path,
    String layer,
    Outcome outcome,
    String detail,
    Optional<Input> input,
    OptionalDouble signalToNoise,
    OptionalDouble spreadRatio) {
  /** Checks that all are there. */
  public LayerQuantization {
    Require.nonNull(path, "path");
    Require.nonNull(layer, "layer");
    Require.nonNull(outcome, "outcome");
    Require.nonNull(detail, "detail");
    Require.nonNull(input, "input");
    Require.nonNull(signalToNoise, "signalToNoise");
    Require.nonNull(spreadRatio, "spreadRatio");
  }

  /** What became of a layer. */
  public enum Outcome {
    /** It computes in 8-bit integers now. */
    QUANTIZED,
    /** Its scale and shift are part of the quantized layer before it. */
    FOLDED,
    /** It was left in float, as it should be. */
    KEPT,
    /** It was left in float although it was asked for. */
    REFUSED
  }

  /**
   * How the input of a layer is rounded.
   *
   * @param scale what a step is worth
   * @param zeroPoint the number that stands for zero
   * @param signed whether numbers are -128 ... 127, rather than 0 ... 255
   * @param clipped how many activations of the calibration lie beyond the greatest number
   * @param seen how many there were
   */
  public record Input(float scale, int zeroPoint, boolean signed, long clipped, long seen) {}

  /** All in one line. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    line.append(outcome.name().toLowerCase(Locale.ROOT)).append(' ');
    line.append(path.isEmpty() ? "(root)" : path).append(' ').append(layer);
    line.append(": ").append(detail);
    input.ifPresent(
        in ->
            line.append(
                String.format(
                    Locale.ROOT,
                    "; input %s of %.3g, %d of %d clipped",
                    in.signed() ? "s8" : "u8",
                    in.scale(),
                    in.clipped(),
                    in.seen())));
    signalToNoise.ifPresent(
        decibels -> line.append(String.format(Locale.ROOT, "; SQNR %.1f dB", decibels)));
    spreadRatio.ifPresent(ratio -> line.append(String.format(Locale.ROOT, "; spread %.3f", ratio)));
    return line.toString();
  }
}
