package io.bayes4j.onednn;

import io.bayes4j.onednn.Plan.Slot;

/** Matrix products. */
final class MatmulPlans {
  private MatmulPlans() {}

  /**
   * Which factors are transposed.
   *
   * @param a the left one
   * @param b the right one
   */
  record Transposed(boolean a, boolean b) {}

  /** Arguments: a, b, result or a, b, bias, result. */
  static void product(PlanBuilder builder) {
    Transposed transposed = builder.attributes(Transposed.class);
    Operand a = factor(builder.operand(0), transposed.a());
    Operand b = factor(builder.operand(1), transposed.b());
    boolean hasBias = builder.arguments() == 4;
    int resultAt = builder.arguments() - 1;
    Operand bias = hasBias ? Operand.rowMajor(1, b.size(1)) : null;
    Kernel product =
        OneDnnApi.matmul(
            builder.multiplied(a), builder.multiplied(b), bias, builder.operand(resultAt));
    Slot result = builder.argument(resultAt);
    PlanBuilder.Call call =
        builder
            .call(product)
            .reads(Argument.SOURCE, builder.argument(0, a))
            .reads(Argument.WEIGHTS, builder.argument(1, b))
            .writes(Argument.RESULT, result);
    if (hasBias) {
      call.reads(Argument.BIAS, builder.argument(2, bias));
    }
    call.run();
  }

  private static Operand factor(Operand matrix, boolean transposed) {
    return transposed ? matrix.transposed() : matrix;
  }
}
