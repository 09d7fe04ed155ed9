package io.bayes4j.core.testing;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What the contracts of kernels share. */
final class KernelCheck {
  private final double tolerance;

  KernelCheck(double tolerance) {
    this.tolerance = tolerance;
  }

  /** Checks shape and numbers, and that the array is dense. */
  void kernel(String what, INDArray actual, long[] shape, double[] expected) {
    assertClose(what, actual, shape, expected, tolerance);
    assertThat(Layout.ROW_MAJOR.describes(actual) || Layout.CHANNELS_LAST.describes(actual))
        .as("%s is dense", what)
        .isTrue();
  }

  static double[] relu(double[] values) {
    return Arrays.stream(values).map(v -> Math.max(v, 0)).toArray();
  }

  /** Runs a test for every shape of {@link KernelGrid#activations} in every layout. */
  static void forActivations(BiConsumer<INDArray, String> test) {
    KernelGrid.activations()
        .forEach(
            shape -> {
              for (Layout layout : Layout.values()) {
                INDArray x = Samples.normals(layout, 1, shape);
                test.accept(x, layout + " " + Arrays.toString(shape));
              }
            });
  }
}
