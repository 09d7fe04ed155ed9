package io.bayes4j.onednn;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.Operands;
import io.bayes4j.onednn.NormPrimitives.NormRelu;
import io.bayes4j.onednn.OneDnnApi.Binary;
import io.bayes4j.onednn.Plan.Slot;
import org.bytedeco.dnnl.memory;

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
    ADDEND_RELU;

    static Ending of(Epilogue after) {
      Operands.requireNormEpilogue(after);
      if (after.addend() != null) {
        return ADDEND_RELU;
      }
      return after.relu() ? RELU : NONE;
    }
  }

  /** How a ReLU right behind the normalisation is done. */
  enum Form {
    /** With it, which makes zeros of NaN. */
    FUSED,
    /**
     * With it, leaving a bit for each element that says whether it passed: the gradient then need
     * not look at y.
     */
    REMEMBERED,
    /** In a step of its own, which keeps NaN. */
    CAREFUL
  }

  /**
   * A batch normalisation.
   *
   * @param epsilon added to the variance
   * @param form of a {@link Ending#RELU}
   */
  record Norm(double epsilon, Ending ending, Form form) {
    /** For phases that look at nothing of it. */
    static final Norm NONE = new Norm(0, Ending.NONE);

    /** One whose statistics, scale and shift are finite. */
    Norm(double epsilon, Ending ending) {
      this(epsilon, ending, Form.FUSED);
    }

    Norm in(Form other) {
      return new Norm(epsilon, ending, other);
    }

    boolean remembers() {
      return ending == Ending.RELU && form == Form.REMEMBERED;
    }
  }

  /** Arguments: x, mean, variance. */
  static void statistics(PlanBuilder builder) {
    Operand image = builder.operand(0).image();
    PlanBuilder.Call call =
        builder
            .call(NormPrimitives.statistics(image))
            .with(Argument.SOURCE, builder.argument(0, image))
            .with(Argument.MEAN, builder.argument(1))
            .with(Argument.VARIANCE, builder.argument(2));
    call.passes(Argument.RESULT);
    call.run();
  }

  /**
   * Arguments: x, mean, variance, scale, shift, y, zero, and what the ending has: an addend, or the
   * bits that it leaves.
   */
  static void result(PlanBuilder builder) {
    Norm norm = builder.attributes(Norm.class);
    Slot y = builder.argument(5, builder.operand(5).image());
    if (norm.remembers()) {
      Kernel kernel = kernel(builder, norm, NormRelu.REMEMBERED);
      normalize(builder, kernel, y).with(Argument.WORKSPACE, bits(builder, 7, kernel)).run();
      return;
    }
    boolean fused = norm.ending() == Ending.RELU && norm.form() == Form.FUSED;
    if (fused || norm.ending() == Ending.NONE) {
      NormRelu relu = fused ? NormRelu.FUSED : NormRelu.NONE;
      normalize(builder, kernel(builder, norm, relu), y).run();
      return;
    }
    Slot normalized = builder.temporary(y.descriptor());
    normalize(builder, kernel(builder, norm, NormRelu.NONE), normalized).run();
    Operand all = builder.operand(5).flat();
    Slot sum = builder.view(normalized, all);
    if (norm.ending() == Ending.ADDEND_RELU) {
      add(builder, all, rounded(builder, 7), sum);
    }
    pass(builder, sum, 6, sum, builder.argument(5, all), all);
  }

  /**
   * Arguments: x, gradY, mean, variance, scale, gradX, gradScale, gradShift; with a ReLU also the
   * bits that it left, or else y, zero, and with an addend its gradient. What becomes of gradX is
   * the gradient for constant statistics.
   */
  static void sums(PlanBuilder builder) {
    Norm norm = builder.attributes(Norm.class);
    Operand image = builder.operand(0).image();
    Slot scale = builder.argument(4);
    NormRelu relu = norm.remembers() ? NormRelu.REMEMBERED : NormRelu.NONE;
    Kernel kernel = NormPrimitives.batchNormBackward(image, norm.epsilon(), relu);
    PlanBuilder.Call call = builder.call(kernel);
    if (norm.remembers()) {
      call.with(Argument.WORKSPACE, bits(builder, 8, kernel));
    }
    call.with(Argument.RESULT_GRADIENT, builder.view(passed(builder, norm), image))
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

  /** The argument that says of each element whether a ReLU passed it. */
  private static Slot bits(PlanBuilder builder, int argument, Kernel kernel) {
    memory.desc workspace = kernel.descriptor(Argument.WORKSPACE);
    long elements = builder.operand(0).elements();
    Require.state(
        workspace.get_size() * Byte.SIZE <= elements,
        "oneDNN's workspace must have a bit for each of %d elements, got %d bytes",
        elements,
        workspace.get_size());
    return builder.inOwnLayout(argument, workspace);
  }

  /** The gradient with respect to what is normalised. */
  private static Slot passed(PlanBuilder builder, Norm norm) {
    Slot gradient = rounded(builder, 1);
    if (norm.ending() == Ending.NONE || norm.remembers()) {
      return gradient;
    }
    Operand all = builder.operand(0).flat();
    Slot passed =
        norm.ending() == Ending.RELU
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
    Norm norm = builder.attributes(Norm.class);
    normalize(builder, kernel(builder, norm, NormRelu.NONE), line).run();
    Operand all = builder.operand(5).flat();
    add(builder, all, builder.view(line, all), builder.argument(5, all));
  }

  private static Kernel kernel(PlanBuilder builder, Norm norm, NormRelu relu) {
    return NormPrimitives.batchNorm(builder.operand(0).image(), norm.epsilon(), relu);
  }

  /** Reads the arguments from 0 to 4. */
  private static PlanBuilder.Call normalize(PlanBuilder builder, Kernel kernel, Slot y) {
    return builder
        .call(kernel)
        .with(Argument.SOURCE, builder.argument(0, builder.operand(0).image()))
        .with(Argument.MEAN, builder.argument(1))
        .with(Argument.VARIANCE, builder.argument(2))
        .with(Argument.SCALE, builder.argument(3))
        .with(Argument.SHIFT, builder.argument(4))
        .with(Argument.RESULT, y);
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
    Operand wanted = given.in(builder.operand(0).element());
    Slot slot = builder.argument(argument, given);
    if (wanted.equals(given)) {
      return slot;
    }
    Slot copy = builder.temporary(OneDnnApi.descriptor(wanted));
    builder.reorder(slot, copy);
    return copy;
  }
}
