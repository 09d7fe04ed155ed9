package io.bayes4j.onednn;

import io.bayes4j.onednn.OneDnnApi.Binary;
import io.bayes4j.onednn.Plan.Slot;

/**
 * The phases of batch normalisation on rows of a matrix [rows, C]; between them, what all pieces
 * have found is put together.
 *
 * <p>What one step hands on to the next is rounded to the type of the activations, since oneDNN's
 * normalisation has no result of another type than x. The gradient of x is so rounded three times:
 * the part in g, the rest, and the sum.
 */
final class NormPlans {
  private NormPlans() {}

  /** What follows the normalisation. */
  enum Ending {
    NONE,
    RELU,
    /** A sum with an addend, then a ReLU. */
    ADDEND_RELU
  }

  /**
   * A batch normalisation.
   *
   * @param epsilon added to the variance
   * @param careful whether the result may be NaN, which a ReLU must not hide
   */
  record Norm(double epsilon, Ending ending, boolean careful) {
    /** For phases that look at nothing of it. */
    static final Norm NONE = new Norm(0, Ending.NONE);

    /** One whose statistics, scale and shift are finite. */
    Norm(double epsilon, Ending ending) {
      this(epsilon, ending, false);
    }

    Norm withCare() {
      return new Norm(epsilon, ending, true);
    }
  }

  /** Arguments: x, mean, variance. */
  static void statistics(PlanBuilder builder) {
    Operand image = builder.operand(0).image();
    PlanBuilder.Call call =
        builder
            .call(OneDnnApi.statistics(image))
            .with(Argument.SOURCE, builder.argument(0, image))
            .with(Argument.MEAN, builder.argument(1))
            .with(Argument.VARIANCE, builder.argument(2));
    call.passes(Argument.RESULT);
    call.run();
  }

  /** Arguments: x, mean, variance, scale, shift, y, zero, and the addend if there is one. */
  static void result(PlanBuilder builder) {
    Norm norm = builder.attributes(Norm.class);
    boolean plain = norm.ending() == Ending.NONE;
    boolean fused = norm.ending() == Ending.RELU && !norm.careful();
    Slot y = builder.argument(5, builder.operand(5).image());
    if (plain || fused) {
      normalize(builder, norm, fused, y);
      return;
    }
    Slot normalized = builder.temporary(y.descriptor());
    normalize(builder, norm, false, normalized);
    Operand all = builder.operand(5).flat();
    Slot sum = builder.view(normalized, all);
    if (norm.ending() == Ending.ADDEND_RELU) {
      add(builder, all, rounded(builder, 7), sum);
    }
    pass(builder, sum, 6, sum, builder.argument(5, all), all);
  }

  /**
   * Arguments: x, gradY, mean, variance, scale, gradX, gradScale, gradShift; with a ReLU also y,
   * zero, and with an addend its gradient. What becomes of gradX is the gradient for constant
   * statistics.
   */
  static void sums(PlanBuilder builder) {
    Norm norm = builder.attributes(Norm.class);
    Operand image = builder.operand(0).image();
    Slot scale = builder.argument(4);
    builder
        .call(OneDnnApi.batchNormBackward(image, norm.epsilon()))
        .with(Argument.RESULT_GRADIENT, builder.view(passed(builder, norm.ending()), image))
        .with(Argument.SOURCE, builder.argument(0, image))
        .with(Argument.MEAN, builder.argument(2))
        .with(Argument.VARIANCE, builder.argument(3))
        .with(Argument.SCALE, scale)
        // Asked for but never read; any vector of the right length will do.
        .with(Argument.SHIFT, scale)
        .with(Argument.SOURCE_GRADIENT, builder.argument(5, image))
        .with(Argument.SCALE_GRADIENT, builder.argument(6))
        .with(Argument.SHIFT_GRADIENT, builder.argument(7))
        .run();
  }

  /** The gradient with respect to what is normalised. */
  private static Slot passed(PlanBuilder builder, Ending ending) {
    Slot gradient = rounded(builder, 1);
    if (ending == Ending.NONE) {
      return gradient;
    }
    Operand all = builder.operand(0).flat();
    Slot passed =
        ending == Ending.RELU
            ? builder.temporary(OneDnnApi.descriptor(all))
            : builder.argument(10, all);
    pass(builder, builder.argument(8, all), 9, gradient, passed, all);
    return passed;
  }

  /**
   * Arguments: x, mean, variance, slope and constant of a line in the normalised x, and gradX, to
   * which it is added.
   */
  static void gradient(PlanBuilder builder) {
    Slot line = builder.temporary(OneDnnApi.descriptor(builder.operand(0).image()));
    normalize(builder, builder.attributes(Norm.class), false, line);
    Operand all = builder.operand(5).flat();
    add(builder, all, builder.view(line, all), builder.argument(5, all));
  }

  /** Reads the arguments from 0 to 4. */
  private static void normalize(PlanBuilder builder, Norm norm, boolean relu, Slot y) {
    Operand image = builder.operand(0).image();
    builder
        .call(OneDnnApi.batchNorm(image, norm.epsilon(), relu))
        .with(Argument.SOURCE, builder.argument(0, image))
        .with(Argument.MEAN, builder.argument(1))
        .with(Argument.VARIANCE, builder.argument(2))
        .with(Argument.SCALE, builder.argument(3))
        .with(Argument.SHIFT, builder.argument(4))
        .with(Argument.RESULT, y)
        .run();
  }

  private static void add(PlanBuilder builder, Operand all, Slot addend, Slot sum) {
    builder
        .call(OneDnnApi.binary(Binary.ADD, all, all, all))
        .with(Argument.SOURCE, sum)
        .with(Argument.SECOND_SOURCE, addend)
        .with(Argument.RESULT, sum)
        .run();
  }

  /** Zeros wherever the condition is not positive, else the values. */
  private static void pass(
      PlanBuilder builder, Slot condition, int zeroAt, Slot values, Slot result, Operand all) {
    builder
        .call(OneDnnApi.passing(all))
        .with(Argument.SOURCE, condition)
        .with(Argument.SECOND_SOURCE, builder.argument(zeroAt))
        .with(Argument.FOLLOWING_SOURCE, values)
        .with(Argument.RESULT, result)
        .run();
  }

  /** All elements of an argument in the type of x. */
  private static Slot rounded(PlanBuilder builder, int argument) {
    Operand given = builder.operand(argument).flat();
    Operand wanted = given.in(builder.operand(0).precision());
    Slot slot = builder.argument(argument, given);
    if (wanted.equals(given)) {
      return slot;
    }
    Slot copy = builder.temporary(OneDnnApi.descriptor(wanted));
    builder.reorder(slot, copy);
    return copy;
  }
}
