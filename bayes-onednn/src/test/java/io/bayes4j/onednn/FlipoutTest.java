package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.conv.FlipoutConvolutions;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.NativeMemory;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The convolution whose examples have their own weights. */
class FlipoutTest {
  private static final KernelProvider ONE_DNN = new OneDnn();
  private static final ConvGeometry SAME =
      new ConvGeometry(List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
  private static final int EXAMPLES = 5;

  private final int threads = Parallel.threads();
  private final INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, EXAMPLES, 16, 6, 6);
  private final INDArray mean = Samples.normals(2, 16, 16, 3, 3);
  private final INDArray delta = Samples.normals(3, 16, 16, 3, 3);
  private final INDArray meanBias = Samples.normals(4, 16);
  private final INDArray deltaBias = Samples.normals(5, 16);
  private final INDArray in = Noise.seeded(6).signs(EXAMPLES, 16);
  private final INDArray out = Noise.seeded(7).signs(EXAMPLES, 16);

  @AfterEach
  void restoreThreads() {
    Parallel.setThreads(threads);
  }

  private Var conv(Var... leaves) {
    return FlipoutConvolutions.conv(
        leaves[0],
        new Weights(leaves[1], leaves[2]).term(),
        new Weights(leaves[3], leaves[4]).term(in, out),
        SAME);
  }

  private List<double[]> outputAndGradients() {
    return Kernels.with(
        ONE_DNN,
        () -> {
          Var[] leaves = {
            Var.leaf(x), Var.leaf(mean), Var.leaf(meanBias), Var.leaf(delta), Var.leaf(deltaBias)
          };
          Var y = conv(leaves);
          Gradients gradients = Gradients.of(y, Samples.normals(8, y.shape()));
          List<double[]> all = new ArrayList<>();
          all.add(Doubles.of(y.value()));
          for (Var leaf : leaves) {
            all.add(Doubles.of(gradients.get(leaf)));
          }
          return all;
        });
  }

  @Test
  void takesExamplesOneByOne() {
    boolean joined =
        Kernels.with(
            ONE_DNN, () -> FlipoutConvolutions.isFaster(Var.constant(x), Var.constant(mean), SAME));
    assertThat(joined).as("what this class tests is in use").isTrue();
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    Kernels.with(
        ONE_DNN,
        () -> {
          GradientCheck.check(this::conv, x, mean, meanBias, delta, deltaBias);
          return null;
        });
  }

  @Test
  void theNumberOfThreadsChangesNoBit() {
    Parallel.setThreads(1);
    List<double[]> expected = outputAndGradients();
    for (int count : new int[] {2, 3}) {
      Parallel.setThreads(count);
      List<double[]> actual = outputAndGradients();
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).as("threads %d, array %d", count, i).isEqualTo(expected.get(i));
      }
    }
  }

  @Test
  void memoryDoesNotGrow() {
    Arena arena = new Arena();
    NativeMemory.assertSteady(100, 1000, () -> arena.scope(() -> outputAndGradients().get(0)));
  }
}
