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
  static boolean pay(long[] shapeX, long[] shapeW, ConvGeometry g) {
    long[] shapeY = g.outputShape(shapeX, shapeW[0]);
    return g.groups() == 1
        && shapeW[0] % BLOCK == 0
        && shapeW[1] % BLOCK == 0
        && Arrays.stream(shapeW).reduce(1, Math::multiplyExact) <= MOST_WEIGHTS
        && Arrays.stream(shapeY, 2, shapeY.length).reduce(1, Math::multiplyExact)
            >= FEWEST_POSITIONS
        && shapeX[0] >= Parallel.threadsHere();
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
    Plan plan = runner.holdForOneThread(Operation.EXAMPLE_CONVOLUTION, options, operands);
    try {
      Optional<WeightOrder> order = plan.weightOrder(1, kernel.shape());
      if (order.isEmpty()) {
        return Optional.empty();
      }
      ExampleWeights weights = new ExampleWeights(order.get(), w);
      Parallel.forRange(
          x.size(0),
          1,
          (from, to) -> {
            try (ExampleWeights.Desk desk = weights.open();
                Plan.Session session = runner.open(plan)) {
              desk.form(from);
              session.bind(0, place(in, from)).bind(1, desk.kernel());
              session.bind(2, desk.bias()).bind(4, place(y, from));
              if (addend != null) {
                session.bind(3, place(addend, from));
              }
              session.run();
            }
          });
    } finally {
      plan.release();
      Reference.reachabilityFence(addend);
      Reference.reachabilityFence(in);
    }
    return Optional.of(y);
  }

  Optional<INDArray> backwardData(INDArray gradY, FlipoutWeights w, long[] shapeX, ConvGeometry g) {
    INDArray up = Layout.CHANNELS_LAST.ensure(gradY);
    INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, shapeX);
    Operand kernel = Operand.rowMajor(w.mean().shape());
    Plan plan =
        runner.holdForOneThread(
            Operation.EXAMPLE_BACKWARD_DATA,
            new ExamplePlans.Backward(g, kernel),
            List.of(example(gradY), flat(kernel), example(gradX)));
    try {
      Optional<WeightOrder> order = plan.weightOrder(1, kernel.shape());
      if (order.isEmpty()) {
        return Optional.empty();
      }
      ExampleWeights weights = new ExampleWeights(order.get(), w);
      Parallel.forRange(
          shapeX[0],
          1,
          (from, to) -> {
            try (ExampleWeights.Desk desk = weights.open();
                Plan.Session session = runner.open(plan)) {
              desk.form(from);
              session.bind(0, place(up, from)).bind(1, desk.kernel()).bind(2, place(gradX, from));
              session.run();
            }
          });
    } finally {
      plan.release();
      Reference.reachabilityFence(up);
    }
    return Optional.of(gradX);
  }

  Optional<FlipoutGradients> backwardWeights(
      INDArray x, INDArray gradY, FlipoutWeights w, ConvGeometry g) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray up = Layout.CHANNELS_LAST.ensure(gradY);
    long[] shape = w.mean().shape();
    Operand kernel = Operand.rowMajor(shape);
    Plan plan =
        runner.holdForOneThread(
            Operation.EXAMPLE_BACKWARD_WEIGHTS,
            new ExamplePlans.Backward(g, kernel),
            List.of(example(x), flat(kernel), example(gradY)));
    try {
      Optional<WeightOrder> order = plan.weightOrder(1, kernel.shape());
      if (order.isEmpty()) {
        return Optional.empty();
      }
      ExampleWeights weights = new ExampleWeights(order.get(), w);
      int grain = Math.toIntExact((x.size(0) + MOST_PARTS - 1) / MOST_PARTS);
      var parts = new ExampleWeights.Sums[MOST_PARTS];
      Parallel.forRange(
          x.size(0),
          grain,
          (from, to) -> {
            var sums = new ExampleWeights.Sums(order.get());
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
      return Optional.of(parts[0].gradients(shape));
    } finally {
      plan.release();
      Reference.reachabilityFence(in);
      Reference.reachabilityFence(up);
    }
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
