package io.bayes4j.layers.optim;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;

/**
 * A number that changes during training, such as a learning rate or the weight beta of the KL
 * divergence.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * The number at a time: finite and not negative; a trainer refuses others before the step.
   *
   * @param epoch time since the start of training, in epochs; 1.5 is the middle of the second epoch
   */
  double at(double epoch);

  /**
   * Always the same.
   *
   * @throws IllegalArgumentException if the number is negative or not finite
   */
  static Schedule constant(double value) {
    Require.notNegative(value, "value");
    return epoch -> value;
  }

  /**
   * A straight line from one number to another, which then stays.
   *
   * @param epochs length of the line
   * @throws IllegalArgumentException if epochs is not above zero, or an end is negative or not
   *     finite
   */
  static Schedule linear(double from, double to, double epochs) {
    Require.notNegative(from, "from");
    Require.notNegative(to, "to");
    Require.positive(epochs, "epochs");
    return epoch -> from + (to - from) * Math.min(1, epoch / epochs);
  }

  /**
   * Half a cosine from one number to another, which then stays (Loshchilov and Hutter 2017).
   *
   * @param epochs length of the curve
   * @throws IllegalArgumentException if epochs is not above zero, or an end is negative or not
   *     finite
   */
  static Schedule cosine(double from, double to, double epochs) {
    Require.notNegative(from, "from");
    Require.notNegative(to, "to");
    Require.positive(epochs, "epochs");
    return epoch -> to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, epoch / epochs)));
  }

  /**
   * A sawtooth for beta: each cycle rises from 0 to a number over a part of its length, then stays
   * there (Fu et al. 2019, "Cyclical Annealing Schedule").
   *
   * @param cycleEpochs length of a cycle
   * @param rising part of a cycle that rises, in (0, 1]
   * @throws IllegalArgumentException if top is negative or not finite, a length is not above zero
   *     or rising not in (0, 1]
   */
  static Schedule cyclical(double top, double cycleEpochs, double rising) {
    Require.notNegative(top, "top");
    Require.positive(cycleEpochs, "cycleEpochs");
    Require.argument(rising > 0 && rising <= 1, "rising must be in (0, 1], got %s", rising);
    return epoch -> top * Math.min(1, (epoch % cycleEpochs) / (cycleEpochs * rising));
  }

  /**
   * A number that is multiplied by a factor at each of the given times.
   *
   * @param epochs times, in epochs
   * @throws IllegalArgumentException if a number is negative or not finite, or the product is not
   *     finite in the end
   */
  static Schedule steps(double start, double factor, double... epochs) {
    double[] times = Require.nonNull(epochs, "epochs").clone();
    Require.notNegative(start, "start");
    Require.notNegative(factor, "factor");
    for (int i = 0; i < times.length; i++) {
      Require.notNegative(times[i], "epochs[" + i + "]");
    }
    Require.notNegative(
        start * Math.pow(factor, (double) times.length), "start times factor to the last power");
    return epoch ->
        start
            * Math.pow(factor, (double) Arrays.stream(times).filter(time -> epoch >= time).count());
  }

  /**
   * This schedule, after a straight rise from zero.
   *
   * @param epochs length of the rise; the schedule's own time starts at its end
   * @throws IllegalArgumentException if epochs is not above zero
   */
  default Schedule withWarmUp(double epochs) {
    Require.positive(epochs, "epochs");
    return epoch -> epoch < epochs ? at(0) * epoch / epochs : at(epoch - epochs);
  }
}
