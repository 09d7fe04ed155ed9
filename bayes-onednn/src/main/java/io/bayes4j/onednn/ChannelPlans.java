package io.bayes4j.onednn;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.onednn.OneDnnApi.Binary;
import io.bayes4j.onednn.Plan.Slot;
import java.util.List;

/**
 * Arithmetic along the channel axis. Channels-last activations are row-major [N, positions, C]
 * here: as [N, C, ...] oneDNN would take its reference implementation for many shapes.
 */
final class ChannelPlans {
  private ChannelPlans() {}

  /**
   * Arguments: x, scale [C], shift [C], y. Two steps, because oneDNN runs a sum that is fused into
   * a product on its reference implementation.
   */
  static void affine(PlanBuilder builder) {
    Slot y = builder.argument(3, builder.operand(3).rows());
    combine(builder, Binary.MULTIPLY, builder.argument(0, builder.operand(0).rows()), 1, y);
    combine(builder, Binary.ADD, y, 2, y);
  }

  /** Arguments: x, other [C] or [N, C], y. */
  static void combine(PlanBuilder builder, Binary how) {
    Slot x = builder.argument(0, builder.operand(0).rows());
    combine(builder, how, x, 1, builder.argument(2, builder.operand(2).rows()));
  }

  private static void combine(PlanBuilder builder, Binary how, Slot x, int otherAt, Slot y) {
    Operand rows = dense(builder.operand(0));
    Operand other = builder.operand(otherAt);
    boolean perChannel = other.shape().length == 1;
    Operand broadcast = perChannel ? Operand.rowMajor(1, 1, other.size(0)) : other.rows();
    builder
        .call(OneDnnApi.binary(how, rows, Operand.rowMajor(broadcast.shape()), rows))
        .reads(Argument.SOURCE, x)
        .reads(Argument.SECOND_SOURCE, builder.argument(otherAt, broadcast))
        .writes(Argument.RESULT, y)
        .run();
  }

  /** Arguments: ones [1, positions], x, sums [N, C]. */
  static void sumOfPositions(PlanBuilder builder) {
    Operand rows = dense(builder.operand(1));
    Operand ones = Operand.rowMajor(1, 1, rows.size(1));
    Operand sums = builder.operand(2).rows();
    Kernel kernel = OneDnnApi.matmul(ones, rows, null, sums);
    Slot x = builder.argument(1, builder.operand(1).rows());
    builder
        .call(kernel)
        .reads(Argument.SOURCE, builder.argument(0, ones))
        .reads(Argument.WEIGHTS, x)
        .writes(Argument.RESULT, builder.argument(2, sums))
        .run();
  }

  /** Everything but the ones is cut into examples. */
  static Partition divisionOfSum(Object attributes, List<Operand> operands, Precision precision) {
    return Partition.ofExamples(operands).with(0, Partition.WHOLE).byShapes();
  }

  private static Operand dense(Operand activation) {
    return Operand.rowMajor(activation.rows().shape()).in(activation.element());
  }
}
