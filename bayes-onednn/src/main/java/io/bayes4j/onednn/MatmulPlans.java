package io.bayes4j.onednn;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.onednn.Plan.Slot;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/** Matrix products. */
final class MatmulPlans {
  /** Rows and columns of a vector register. */
  private static final int ALIGNMENT = 16;

  /** Rows of two tiles of AMX. */
  private static final int BF16_ROWS = 32;

  /** A multiple of the rows that oneDNN's kernels for AVX2 take at once. */
  private static final int AVX2_ROWS = 24;

  /** Rows that are multiplied in the time in which the weights come from memory. */
  private static final int READING_ROWS = 16;

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
    boolean rows = !transposed.a();
    Kernel product =
        OneDnnApi.matmul(
            builder.multiplied(rows ? a.dense() : a),
            builder.multiplied(rows ? b.dense() : b),
            bias,
            rows ? builder.operand(resultAt).dense() : builder.operand(resultAt));
    Slot result = builder.argument(resultAt);
    PlanBuilder.Call call =
        builder
            .call(product)
            .reads(Argument.SOURCE, builder.argument(0, a))
            .reads(Argument.WEIGHTS, builder.argument(1, b))
            .writes(Argument.RESULT, result);
    if (bias != null) {
      call.reads(Argument.BIAS, builder.argument(2, bias));
    }
    call.run();
  }

  /** Arguments: x, weight, y or x, weight, bias, y, the weight in the order of a PackedLinear. */
  static void packed(PlanBuilder builder) {
    Operand x = builder.operand(0);
    long units = builder.operand(1).size(0);
    int resultAt = builder.arguments() - 1;
    Operand bias = builder.attributes(Boolean.class) ? Operand.rowMajor(1, units) : null;
    memory.desc weight = OneDnnApi.packed(x.size(1), units);
    PlanBuilder.Call call =
        builder
            .call(OneDnnApi.matmul(x.dense(), weight, bias, builder.operand(resultAt).dense()))
            .reads(Argument.SOURCE, builder.argument(0))
            .with(Argument.WEIGHTS, builder.inOwnLayout(1, weight))
            .writes(Argument.RESULT, builder.argument(resultAt));
    if (bias != null) {
      call.reads(Argument.BIAS, builder.argument(2, bias));
    }
    call.run();
  }

  /**
   * By rows or by blocks of units, each computed by itself: by units where these are more, so that
   * every thread reads a part of the weights alone.
   */
  static Partition divisionOfPacked(
      Object attributes, List<Operand> operands, Precision precision) {
    long rows = operands.get(0).size(0);
    long units = operands.get(1).size(0);
    int threads = Parallel.threadsHere();
    boolean byRows =
        rows >= units
            || (units < (long) PackedLinear.UNITS * threads && rows >= (long) ALIGNMENT * threads);
    List<Integer> axes = new ArrayList<>();
    axes.add(byRows ? 0 : Partition.WHOLE);
    axes.add(byRows ? Partition.WHOLE : 0);
    if (operands.size() == 4) {
      axes.add(byRows ? Partition.WHOLE : 0);
    }
    axes.add(byRows ? 0 : 1);
    double multiplications =
        (double) Math.max(rows, READING_ROWS) * operands.get(0).size(1) * units;
    return Partition.along(axes, multiplications)
        .of(Lengths.multiplesOf(byRows ? ALIGNMENT : PackedLinear.UNITS));
  }

  /** Arguments: a, b, result, each [matrices, rows, columns] and row-major. */
  static void products(PlanBuilder builder) {
    Transposed transposed = builder.attributes(Transposed.class);
    Operand a = factor(rowMajor(builder.operand(0)), transposed.a());
    Operand b = factor(rowMajor(builder.operand(1)), transposed.b());
    Operand result = rowMajor(builder.operand(2));
    builder
        .call(OneDnnApi.matmul(builder.multiplied(a), builder.multiplied(b), null, result))
        .reads(Argument.SOURCE, builder.argument(0, a))
        .reads(Argument.WEIGHTS, builder.argument(1, b))
        .writes(Argument.RESULT, builder.argument(2, result))
        .run();
  }

  /** Axes of length one, whose strides mean nothing, get those of all others. */
  private static Operand rowMajor(Operand stack) {
    return stack.reshaped(stack.shape());
  }

  /** Every matrix of a stack is multiplied by itself, by one thread. */
  static Partition divisionOfProducts(
      Object attributes, List<Operand> operands, Precision precision) {
    double multiplications = (double) operands.get(0).elements() * operands.get(2).size(2);
    return Partition.along(List.of(0, 0, 0), multiplications);
  }

  /**
   * Rows of a product are those of examples unless a is transposed: then each is computed by
   * itself, the same whatever the other rows.
   *
   * <p>With AVX-512, oneDNN's products of dense matrices of floats are like that, and for each
   * column, too. With BF16 the order of a sum depends on the number of rows and columns, with AVX2
   * on all sizes: rows are then cut into blocks of the same number.
   *
   * <p>Columns of a result have gaps between their rows, and are copied from a dense one: they are
   * cut where there are too few rows.
   */
  static Partition division(Object attributes, List<Operand> operands, Precision precision) {
    Transposed transposed = (Transposed) attributes;
    Operand result = operands.get(operands.size() - 1);
    Lengths blocks = transposed.a() ? null : blocks(precision);
    boolean rows =
        blocks != null
            || result.size(0) >= result.size(1)
            || (!transposed.a() && result.size(0) >= (long) ALIGNMENT * Parallel.threadsHere());
    List<Integer> axes = new ArrayList<>();
    axes.add(rows ? side(transposed.a(), 0) : Partition.WHOLE);
    axes.add(rows ? Partition.WHOLE : side(transposed.b(), 1));
    if (operands.size() == 4) {
      axes.add(rows ? Partition.WHOLE : 0);
    }
    axes.add(rows ? 0 : 1);
    double multiplications = (double) operands.get(0).elements() * result.size(1);
    Partition division = Partition.along(axes, multiplications);
    if (transposed.a()) {
      return division.of(Lengths.multiplesOf(ALIGNMENT)).byShapes();
    }
    return blocks == null
        ? division.of(Lengths.multiplesOf(ALIGNMENT))
        : division.of(blocks).byShapes();
  }

  /** The rows that products must take at once to compute each the same; null for any number. */
  static @Nullable Lengths blocks(Precision precision) {
    if (precision == Precision.BF16) {
      return Lengths.blocks(BF16_ROWS);
    }
    return NativeLibrary.hasAvx512() ? null : Lengths.blocks(AVX2_ROWS);
  }

  private static int side(boolean transposed, int axis) {
    return transposed ? 1 - axis : axis;
  }

  private static Operand factor(Operand matrix, boolean transposed) {
    return transposed ? matrix.transposed() : matrix;
  }
}
