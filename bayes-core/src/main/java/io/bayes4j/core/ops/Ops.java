package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;

/**
 * Arithmetic on {@link Var}s: each operation with its backward rule beside it.
 *
 * <p>Binary operations broadcast as NumPy does: shapes are aligned at their last axis, and an axis
 * of length one (or missing) is repeated. Results are new arrays; no operand is written to.
 */
public final class Ops {
  private Ops() {}

  /** a + b. */
  public static Var add(Var a, Var b) {
    Require.open(a, "a");
    Require.open(b, "b");
    List<Var> both = List.of(a, b);
    if (Arrays.equals(a.shape(), b.shape())) {
      return Plan.waits(both)
          ? Plan.record("add", both, () -> new PendingSum(a, b))
          : Plan.deferred(
              new PendingSum(a, b), both, (g, sink) -> PendingSum.backward(g, a, b, sink));
    }
    return Plan.operation(
        "add",
        Broadcast.shape(a, b),
        both,
        () ->
            Var.result(
                Broadcast.apply(a, b, Broadcast.SUMS),
                both,
                (g, sink) -> {
                  Broadcast.pass(sink, a, g);
                  Broadcast.pass(sink, b, g);
                }));
  }

  /** a - b. */
  public static Var sub(Var a, Var b) {
    Require.open(a, "a");
    Require.open(b, "b");
    return Plan.operation(
        "sub",
        Broadcast.shape(a, b),
        List.of(a, b),
        () ->
            Var.result(
                Broadcast.apply(a, b, Broadcast.DIFFERENCES),
                List.of(a, b),
                (g, sink) -> {
                  Broadcast.pass(sink, a, g);
                  sink.add(b, () -> Broadcast.reduce(Elementwise.scale(g, -1f), b.shape()));
                }));
  }

  /** a * b, element by element. */
  public static Var mul(Var a, Var b) {
    Require.open(a, "a");
    Require.open(b, "b");
    return Plan.operation(
        "mul",
        Broadcast.shape(a, b),
        List.of(a, b),
        () ->
            Var.result(
                Broadcast.apply(a, b, Broadcast.PRODUCTS),
                List.of(a, b),
                (g, sink) -> {
                  sink.add(a, () -> Broadcast.reduce(Broadcast.mul(g, b.value()), a.shape()));
                  sink.add(b, () -> Broadcast.reduce(Broadcast.mul(g, a.value()), b.shape()));
                }));
  }

  /** a / b, element by element. */
  public static Var div(Var a, Var b) {
    Require.open(a, "a");
    Require.open(b, "b");
    return Plan.operation(
        "div",
        Broadcast.shape(a, b),
        List.of(a, b),
        () -> {
          INDArray y = Broadcast.apply(a, b, Broadcast.QUOTIENTS);
          return Var.result(
              y,
              List.of(a, b),
              (g, sink) -> {
                sink.add(a, () -> Broadcast.reduce(Broadcast.div(g, b.value()), a.shape()));
                sink.add(
                    b,
                    () ->
                        Broadcast.reduce(
                            Elementwise.scale(Broadcast.div(Elementwise.mul(g, y), b.value()), -1f),
                            b.shape()));
              });
        });
  }

  /** factor * x. */
  public static Var scale(Var x, double factor) {
    Require.open(x, "x");
    float f = (float) factor;
    return Plan.unary(
        List.of("scale", f),
        x,
        () ->
            Var.result(
                Elementwise.scale(x.value(), f),
                List.of(x),
                (g, sink) -> sink.add(x, () -> Elementwise.scale(g, f))));
  }

  /** x + number. */
  public static Var shift(Var x, double number) {
    Require.open(x, "x");
    float c = (float) number;
    return Plan.unary(
        List.of("shift", c),
        x,
        () -> {
          INDArray y =
              Elementwise.map(
                  x.value(),
                  (in, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = in[i] + c;
                    }
                  });
          return Var.result(y, List.of(x), (g, sink) -> sink.pass(x, g));
        });
  }

  /** -x. */
  public static Var neg(Var x) {
    Require.open(x, "x");
    return scale(x, -1);
  }

  /** x squared, element by element. */
  public static Var square(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "square",
        x,
        () ->
            Var.result(
                Elementwise.mul(x.value(), x.value()),
                List.of(x),
                (g, sink) ->
                    sink.add(x, () -> Elementwise.scale(Elementwise.mul(g, x.value()), 2f))));
  }

  /** Square root, element by element; its gradient at zero is infinite. */
  public static Var sqrt(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "sqrt",
        x,
        () -> {
          INDArray y =
              Elementwise.map(
                  x.value(),
                  (in, out, n) -> {
                    for (int i = 0; i < n; i++) {
                      out[i] = (float) Math.sqrt(in[i]);
                    }
                  });
          return Var.result(
              y,
              List.of(x),
              (g, sink) -> sink.add(x, () -> Elementwise.scale(Elementwise.div(g, y), 0.5f)));
        });
  }

  /** e to the power of x. */
  public static Var exp(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "exp",
        x,
        () -> {
          INDArray y = Elementwise.transform(x.value(), Exp::new);
          return Var.result(y, List.of(x), (g, sink) -> sink.add(x, () -> Elementwise.mul(g, y)));
        });
  }

  /** Natural logarithm. */
  public static Var log(Var x) {
    Require.open(x, "x");
    return Plan.unary(
        "log",
        x,
        () ->
            Var.result(
                Elementwise.transform(x.value(), Log::new),
                List.of(x),
                (g, sink) -> sink.add(x, () -> Elementwise.div(g, x.value()))));
  }

  /**
   * Matrix product of a [M, K] and b [K, N].
   *
   * @throws IllegalArgumentException if an operand is no matrix or the inner lengths differ
   */
  public static Var matmul(Var a, Var b) {
    Require.open(a, "a");
    Require.open(b, "b");
    return Plan.operation(
        "matmul",
        Products.shape(a, b),
        List.of(a, b),
        () ->
            Var.result(
                Kernels.matmul(a.value(), false, b.value(), false),
                List.of(a, b),
                (g, sink) -> {
                  sink.add(a, () -> Kernels.matmul(g, false, b.value(), true));
                  sink.add(b, () -> Kernels.matmul(a.value(), true, g, false));
                }));
  }

  /** Sum of all elements, a scalar. */
  public static Var sum(Var x) {
    Require.open(x, "x");
    return Plan.operation(
        "sum",
        new long[0],
        List.of(x),
        () -> {
          INDArray y = Detached.fill(Arena.allocate(), Elementwise.sum(x.value()));
          return Var.result(
              y,
              List.of(x),
              (g, sink) -> sink.add(x, () -> Detached.fill(Arena.like(x.value()), g.getFloat(0))));
        });
  }

  /** Mean of all elements, a scalar. */
  public static Var mean(Var x) {
    Require.open(x, "x");
    return scale(sum(x), 1.0 / Shapes.product(x.shape()));
  }

  /**
   * Sum over the given axes, which keep length one.
   *
   * @throws IllegalArgumentException if an axis is out of range or given twice
   */
  public static Var sum(Var x, int... axes) {
    Require.open(x, "x");
    Require.nonNull(axes, "axes");
    long[] kept = Shapes.summed(x.shape(), axes);
    return Plan.operation(
        List.of("sum", Arrays.toString(kept)),
        kept,
        List.of(x),
        () ->
            Var.result(
                Broadcast.reduce(x.value(), kept),
                List.of(x),
                (g, sink) -> sink.add(x, () -> Broadcast.expand(g, x.shape()))));
  }

  /**
   * Mean over the given axes, which keep length one.
   *
   * @throws IllegalArgumentException if an axis is out of range or given twice
   */
  public static Var mean(Var x, int... axes) {
    Require.open(x, "x");
    Require.nonNull(axes, "axes");
    Var sum = sum(x, axes);
    return scale(sum, (double) Shapes.product(sum.shape()) / Shapes.product(x.shape()));
  }

  /**
   * The same elements, row-major, under another shape.
   *
   * @param shape lengths; one of them may be -1 and follows from the others
   * @throws IllegalArgumentException if the number of elements differs
   */
  public static Var reshape(Var x, long... shape) {
    Require.open(x, "x");
    Require.nonNull(shape, "shape");
    long[] full = Shapes.resolve(x.shape(), shape);
    return Plan.pick(
        List.of("reshape", Arrays.toString(full)),
        full,
        x,
        () -> {
          INDArray rows = Kernels.inLayout(x.value(), Layout.ROW_MAJOR);
          return Var.result(
              Shapes.view(rows, full),
              List.of(x),
              (g, sink) -> sink.pass(x, Shapes.view(Layout.ROW_MAJOR.ensure(g), x.shape())));
        },
        bytes -> Shapes.view(Kernels.integers().inLayout(bytes, Layout.ROW_MAJOR), full));
  }

  /**
   * The axes in another order, row-major.
   *
   * @throws IllegalArgumentException if axes is no permutation of 0 to rank - 1
   */
  public static Var permute(Var x, int... axes) {
    Require.open(x, "x");
    Require.nonNull(axes, "axes");
    int[] order = axes.clone();
    int[] inverse = Shapes.inverse(order, x.rank());
    return Plan.operation(
        List.of("permute", Arrays.toString(order)),
        Shapes.permuted(x.shape(), order),
        List.of(x),
        () ->
            Var.result(
                Layout.ROW_MAJOR.ensure(x.value().permute(order)),
                List.of(x),
                (g, sink) -> sink.add(x, () -> Shapes.copy(g.permute(inverse)))));
  }

  /**
   * Elements from (inclusive) to (exclusive) along an axis, as a copy.
   *
   * @throws IllegalArgumentException if the range is empty or out of bounds
   */
  public static Var slice(Var x, int axis, long from, long to) {
    Require.open(x, "x");
    long[] part = Shapes.ranged(x.shape(), axis, from, to);
    return Plan.operation(
        List.of("slice", axis, from, to),
        part,
        List.of(x),
        () ->
            Var.result(
                Shapes.copy(Shapes.range(x.value(), axis, from, to)),
                List.of(x),
                (g, sink) ->
                    sink.add(
                        x,
                        () -> {
                          INDArray full = Detached.fill(Arena.allocate(x.shape()), 0);
                          Detached.copy(g, Shapes.range(full, axis, from, to));
                          return full;
                        })));
  }

  /**
   * Joins arrays along an axis.
   *
   * @throws IllegalArgumentException if there is none, or their other axes differ
   */
  public static Var concat(int axis, Var... parts) {
    Require.elements(parts, "parts");
    List<Var> all = List.of(parts);
    long[] shape = Shapes.joined(axis, all);
    return Plan.operation(
        List.of("concat", axis),
        shape,
        all,
        () -> {
          INDArray y = Arena.allocate(shape);
          long at = 0;
          for (Var part : all) {
            Detached.copy(part.value(), Shapes.range(y, axis, at, at + part.size(axis)));
            at += part.size(axis);
          }
          return Var.result(
              y,
              all,
              (g, sink) -> {
                long from = 0;
                for (Var part : all) {
                  long begin = from;
                  long end = from + part.size(axis);
                  sink.add(part, () -> Shapes.copy(Shapes.range(g, axis, begin, end)));
                  from = end;
                }
              });
        });
  }
}
