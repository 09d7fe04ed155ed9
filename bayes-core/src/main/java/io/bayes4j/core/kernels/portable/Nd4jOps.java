package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.ConvGeometry;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Runs ND4J's operators by name into arrays that are there already. */
final class Nd4jOps {
  private Nd4jOps() {}

  static void run(String name, INDArray[] inputs, INDArray[] outputs, int... arguments) {
    Detached.exec(
        DynamicCustomOp.builder(name)
            .addInputs(inputs)
            .addOutputs(outputs)
            .addIntegerArguments(arguments)
            .build());
  }

  /**
   * The arguments of a sliding window as ND4J's convolutions and poolings list them, followed by
   * the given ones.
   */
  static int[] window(ConvGeometry g, int... others) {
    IntStream.Builder all = IntStream.builder();
    addAxes(all, g.kernel(), 1);
    addAxes(all, g.stride(), 1);
    addAxes(all, g.padding(), 0);
    addAxes(all, g.dilation(), 1);
    Arrays.stream(others).forEach(all);
    return all.build().toArray();
  }

  /** One spatial axis becomes two, the first of length one and with the given number. */
  private static void addAxes(IntStream.Builder all, List<Integer> numbers, int lifted) {
    if (numbers.size() == 1) {
      all.add(lifted);
    }
    numbers.forEach(all::add);
  }
}
