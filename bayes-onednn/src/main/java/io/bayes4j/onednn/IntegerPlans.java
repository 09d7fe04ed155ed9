package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.onednn.ConvolutionPlans.Sum;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/**
 * Products and convolutions of 8-bit numbers. Their scales are part of the plan: oneDNN's fast
 * kernels take none at run time.
 */
final class IntegerPlans {
  private IntegerPlans() {}

  /**
   * What becomes of integer sums.
   *
   * @param source how floats on the left are rounded; null if they are 8-bit numbers already
   * @param factors what sums and bias of each unit are multiplied by; empty to keep the sums
   * @param bias whether there is one, in steps of the sums
   * @param sum what is added to the result
   * @param sumFactor what that is multiplied by before
   * @param relu whether a ReLU follows
   * @param target how floats are rounded that all this gives; null to leave the result as it is
   * @param repeated whether weights multiply one block of rows after another, so that it pays to
   *     put them in the order that the primitive likes best
   */
  record Options(
      @Nullable Quantum source,
      Factors factors,
      boolean bias,
      Sum sum,
      float sumFactor,
      boolean relu,
      @Nullable Quantum target,
      boolean repeated) {
    static final Options SUMS =
        new Options(null, Factors.NONE, false, Sum.NONE, 1, false, null, false);

    /** The same for weights that multiply one block of rows after another. */
    Options forBlocks() {
      return new Options(source, factors, bias, sum, sumFactor, relu, target, true);
    }
  }

  /** A convolution and what follows. */
  record Convolution(ConvGeometry geometry, Options options) {}

  /** Arguments: floats, 8-bit numbers of the same shape in the same layout. */
  static void quantize(PlanBuilder builder) {
    Quantum quantum = builder.attributes(Quantum.class);
    builder.scaled(builder.argument(0), builder.argument(1), 1 / quantum.scale());
  }

  /** Arguments: 8-bit numbers, floats of the same shape in the same layout. */
  static void dequantize(PlanBuilder builder) {
    Quantum quantum = builder.attributes(Quantum.class);
    builder.scaled(builder.argument(0), builder.argument(1), quantum.scale());
  }

  /** Arguments: x, weight, then the bias if there is one, then the addend if it is one, y. */
  static void convolution(PlanBuilder builder) {
    Convolution attributes = builder.attributes(Convolution.class);
    Options options = attributes.options();
    Operand weight = ConvolutionPlans.grouped(builder.operand(1), attributes.geometry());
    Kernel kernel =
        OneDnnApi.integerConvolution(
            source(builder, options).channelsLast(),
            weight.anyLayout(),
            options.bias() ? builder.operand(2) : null,
            result(builder, options),
            attributes.geometry(),
            options);
    run(builder, kernel, options, builder.argument(0), weight, null);
  }

  /**
   * Arguments: x [N, F], weight [U, F], the bias if there is one, the addend if it is one, y.
   *
   * <p>Where weights are drawn anew for each product, putting them in another order takes longer
   * than the product by itself, and ten times as long with the sums that signed numbers need on
   * processors without AMX; the primitive reads a few of them at a time in any order faster.
   */
  static void product(PlanBuilder builder) {
    Options options = builder.attributes(Options.class);
    Operand weight = builder.operand(1).transposed();
    Operand bias = options.bias() ? Operand.rowMajor(1, weight.size(1)) : null;
    Kernel kernel =
        OneDnnApi.integerMatmul(
            source(builder, options).dense(),
            options.repeated() ? weight.anyLayout() : weight,
            bias,
            result(builder, options),
            options);
    run(builder, kernel, options, builder.argument(0), weight, bias);
  }

  private static Operand source(PlanBuilder builder, Options options) {
    Operand x = builder.operand(0);
    return options.source() == null ? x : x.in(Element.of(options.source().type()));
  }

  /** What the primitive writes: floats if they are rounded afterwards. */
  private static Operand result(PlanBuilder builder, Options options) {
    Operand y = builder.operand(builder.arguments() - 1);
    return options.target() == null ? y : y.in(Element.F32);
  }

  private static void run(
      PlanBuilder builder,
      Kernel kernel,
      Options options,
      Plan.Slot x,
      Operand weight,
      @Nullable Operand bias) {
    int resultAt = builder.arguments() - 1;
    Plan.Slot last = builder.argument(resultAt);
    Plan.Slot y =
        options.target() == null
            ? last
            : builder.temporary(OneDnnApi.descriptor(result(builder, options)));
    if (options.sum() == Sum.WITH_ARGUMENT) {
      builder.reorder(builder.argument(resultAt - 1), y);
    }
    PlanBuilder.Call call = builder.call(kernel);
    memory.desc wanted = kernel.descriptor(Argument.SOURCE);
    if (options.source() == null) {
      call.reads(Argument.SOURCE, x);
    } else {
      call.with(Argument.SOURCE, builder.quantized(x, wanted, 1 / options.source().scale()));
    }
    call.reads(Argument.WEIGHTS, builder.argument(1, weight)).writes(Argument.RESULT, y);
    if (options.bias()) {
      Plan.Slot term = bias == null ? builder.argument(2) : builder.argument(2, bias);
      call.reads(Argument.BIAS, term);
    }
    call.run();
    if (options.target() != null) {
      builder.scaled(y, last, 1 / options.target().scale());
    }
  }

  /** Examples, which share weights and bias; each has its own sums, whoever the others are. */
  static Partition divisionOfConvolution(
      Object attributes, List<Operand> operands, Precision precision) {
    Operand weight = operands.get(1);
    Operand y = operands.get(operands.size() - 1);
    return Partition.ofExamples(operands)
        .with(1, Partition.WHOLE)
        .multiplying((double) y.elements() * weight.elements() / weight.size(0))
        .handingOn(true);
  }

  /** Rows. */
  static Partition divisionOfProduct(
      Object attributes, List<Operand> operands, Precision precision) {
    Options options = (Options) attributes;
    List<Integer> axes = new ArrayList<>(List.of(0, Partition.WHOLE));
    if (options.bias()) {
      axes.add(Partition.WHOLE);
    }
    if (options.sum() == Sum.WITH_ARGUMENT) {
      axes.add(0);
    }
    axes.add(0);
    double multiplications = (double) operands.get(0).elements() * operands.get(1).size(0);
    return Partition.along(axes, multiplications);
  }
}
