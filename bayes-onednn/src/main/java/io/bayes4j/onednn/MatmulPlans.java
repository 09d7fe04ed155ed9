package io.bayes4j.onednn;

import io.bayes4j.onednn.Plan.Slot;
import java.util.ArrayList;
import java.util.List;

/** Matrix products. */
final class MatmulPlans {
  /** Rows and columns of a vector register. */
  private static final int ALIGNMENT = 16;

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

  /** The longer side of the result is cut, so that less of the other factor is read twice. */
  static Division division(Object attributes, List<Operand> operands) {
    Transposed transposed = (Transposed) attributes;
    Operand result = operands.get(operands.size() - 1);
    boolean rows = result.size(0) >= result.size(1);
    List<Integer> axes = new ArrayList<>();
    axes.add(rows ? side(transposed.a(), 0) : Division.WHOLE);
    axes.add(rows ? Division.WHOLE : side(transposed.b(), 1));
    if (operands.size() == 4) {
      axes.add(rows ? Division.WHOLE : 0);
    }
    axes.add(rows ? 0 : 1);
    Operand a = operands.get(0);
    double multiplications = (double) a.elements() * result.size(1);
    return new Division(axes, 0, 1, false, ALIGNMENT).multiplying(multiplications);
  }

  private static int side(boolean transposed, int axis) {
    return transposed ? 1 - axis : axis;
  }

  private static Operand factor(Operand matrix, boolean transposed) {
    return transposed ? matrix.transposed() : matrix;
  }
}
