package io.bayes4j.onednn;

import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.FlipoutWeights;
import io.bayes4j.core.kernels.KernelProvider.FlipoutGradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Convolutions whose examples have their own weights, one example at a time: forming the weights of
 * an example costs little beside their use at many positions, and a second convolution is saved.
 * Each example is computed by one thread, in the same way whatever their number.
 */
final class FlipoutKernels {
  /** Channels and units come in blocks of this in the layouts of oneDNN's fast kernels. */
  private static final int BLOCK = 16;

  /** Below this many positions forming the weights takes too large a part. */
  private static final long FEWEST_POSITIONS = 32;

  /** Indices up to here are exact in a float. */
  private static final long MOST_WEIGHTS = 1 << 22;

  /** Sums over examples are cut into so many parts at most, whatever the number of threads. */
  private static final int MOST_PARTS = 8;

  private final Runner runner;

  FlipoutKernels(Runner runner) {
    this.runner = runner;
  }

  /** Whether one example at a time is faster than two convolutions. */
  static boolean isFaster(long[] shapeX, long[] shapeW, ConvGeometry g) {
    long[] shapeY = g.outputShape(shapeX, shapeW[0]);
    return g.groups() == 1
        && shapeW[0] % BLOCK == 0
        && shapeW[1] % BLOCK == 0
        && Arrays.stream(shapeW).reduce(1, Math::multiplyExact) <= MOST_WEIGHTS
        && Arrays.stream(shapeY, 2, shapeY.length).reduce(1, Math::multiplyExact)
            >= FEWEST_POSITIONS;
  }

  /** Empty if the layout of the kernel has gaps, as for all three. */
  Optional<INDArray> conv(INDArray x, FlipoutWeights w, ConvGeometry g, Epilogue epilogue) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray addend =
        epilogue.addend() == null ? null : Layout.CHANNELS_LAST.ensure(epilogue.addend());
    INDArray y = Arena.allocate(Layout.CHANNELS_LAST, g.outputShape(x.shape(), w.mean().size(0)));
    boolean hasBias = w.meanBias() != null || w.perturbationBias() != null;
    Operand kernel = Operand.rowMajor(w.mean().shape());
    Operand output = example(y);
    var options = new ExamplePlans.Forward(g, kernel, hasBias, addend != null, epilogue.relu());
    List<Operand> operands =
        List.of(example(x), flat(kernel), Operand.rowMajor(w.mean().size(0)), output, output);
    try {
      return withPlan(
          Operation.EXAMPLE_CONVOLUTION,
          options,
          kernel,
          operands,
          (plan, order) -> {
            eachExample(
                plan,
                new ExampleWeights(order, w),
                x.size(0),
                (session, desk, n) -> {
                  session.bind(0, place(in, n)).bind(2, desk.bias()).bind(4, place(y, n));
                  if (addend != null) {
                    session.bind(3, place(addend, n));
                  }
                });
            return y;
          });
    } finally {
      Reference.reachabilityFence(addend);
      Reference.reachabilityFence(in);
    }
  }

  Optional<INDArray> backwardData(INDArray gradY, FlipoutWeights w, long[] shapeX, ConvGeometry g) {
    INDArray up = Layout.CHANNELS_LAST.ensure(gradY);
    INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, shapeX);
    Operand kernel = Operand.rowMajor(w.mean().shape());
    List<Operand> operands = List.of(example(gradY), flat(kernel), example(gradX));
    try {
      return withPlan(
          Operation.EXAMPLE_BACKWARD_DATA,
          new ExamplePlans.Backward(g, kernel),
          kernel,
          operands,
          (plan, order) -> {
            eachExample(
                plan,
                new ExampleWeights(order, w),
                shapeX[0],
                (session, desk, n) -> session.bind(0, place(up, n)).bind(2, place(gradX, n)));
            return gradX;
          });
    } finally {
      Reference.reachabilityFence(up);
    }
  }

  Optional<FlipoutGradients> backwardWeights(
      INDArray x, INDArray gradY, FlipoutWeights w, ConvGeometry g) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray up = Layout.CHANNELS_LAST.ensure(gradY);
    long[] shape = w.mean().shape();
    Operand kernel = Operand.rowMajor(shape);
    List<Operand> operands = List.of(example(x), flat(kernel), example(gradY));
    try {
      return withPlan(
          Operation.EXAMPLE_BACKWARD_WEIGHTS,
          new ExamplePlans.Backward(g, kernel),
          kernel,
          operands,
          (plan, order) -> sums(plan, order, w, in, up).gradients(shape));
    } finally {
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(up);
    }
  }

  private ExampleWeights.Sums sums(
      Plan plan, WeightOrder order, FlipoutWeights w, INDArray in, INDArray up) {
    ExampleWeights weights = new ExampleWeights(order, w);
    int grain = Math.toIntExact((in.size(0) + MOST_PARTS - 1) / MOST_PARTS);
    var parts = new ExampleWeights.Sums[MOST_PARTS];
    Parallel.forRange(
        in.size(0),
        grain,
        (from, to) -> {
          var sums = new ExampleWeights.Sums(order);
          try (ExampleWeights.Desk desk = weights.open();
              Plan.Session session = runner.open(plan)) {
            for (long n = from; n < to; n++) {
              session.bind(0, place(in, n)).bind(1, desk.kernel()).bind(2, place(up, n)).run();
              desk.addTo(sums, n);
            }
          }
          parts[(int) (from / grain)] = sums;
        });
    for (int part = 1; part < parts.length && parts[part] != null; part++) {
      parts[0].add(parts[part]);
    }
    return parts[0];
  }

  /** Uses a plan whose argument 1 is a kernel; empty if the layout of that has gaps. */
  private <T> Optional<T> withPlan(
      Operation operation,
      Object options,
      Operand kernel,
      List<Operand> operands,
      BiFunction<Plan, WeightOrder, T> use) {
    Plan plan = runner.holdForOneThread(operation, options, operands);
    try {
      return plan.weightOrder(1, kernel.shape()).map(order -> use.apply(plan, order));
    } finally {
      plan.release();
    }
  }

  /** Binds what an example reads and writes, but for its weights. */
  @FunctionalInterface
  private interface Binding {
    void bind(Plan.Session session, ExampleWeights.Desk desk, long example);
  }

  private void eachExample(Plan plan, ExampleWeights weights, long examples, Binding binding) {
    Parallel.forRange(
        examples,
        1,
        (from, to) -> {
          try (ExampleWeights.Desk desk = weights.open();
              Plan.Session session = runner.open(plan)) {
            desk.form(from);
            session.bind(1, desk.kernel());
            binding.bind(session, desk, from);
            session.run();
          }
        });
  }

  private static Operand example(INDArray activation) {
    long[] shape = activation.shape().clone();
    shape[0] = 1;
    return Operand.rowMajor(shape).channelsLast();
  }

  private static Operand flat(Operand kernel) {
    return Operand.rowMajor(Arrays.stream(kernel.shape()).reduce(1, Math::multiplyExact));
  }

  private static long place(INDArray activation, long example) {
    long perExample = activation.length() / activation.size(0);
    return Plan.address(activation) + example * perExample * Float.BYTES;
  }
}
