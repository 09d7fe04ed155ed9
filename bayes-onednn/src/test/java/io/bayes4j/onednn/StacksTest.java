package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Attentions;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products of stacks of matrices, beside what the contract of all providers says. */
class StacksTest {
  private static final KernelProvider ONEDNN = new OneDnn();

  @ParameterizedTest
  @EnumSource
  void gradients(Layout layout) {
    Kernels.with(
        ONEDNN,
        () -> {
          GradientCheck.check(
              v -> Attentions.matmul(v[0], v[1]),
              Samples.normals(layout, 1, 2, 2, 5, 17),
              Samples.normals(layout, 2, 2, 2, 17, 3));
          GradientCheck.check(
              v -> Attentions.matmulTransposed(v[0], v[1]),
              Samples.normals(layout, 1, 3, 1, 5, 4),
              Samples.normals(layout, 2, 3, 1, 17, 4));
          GradientCheck.check(
              v -> Attentions.matmulTransposed(v[0], v[0]), Samples.normals(layout, 1, 2, 3, 4));
          return true;
        });
  }

  @Test
  void memoryDoesNotGrow() throws InterruptedException {
    try (Arena arena = new Arena()) {
      INDArray[] stacks = new INDArray[8];
      for (int i = 0; i < stacks.length; i++) {
        stacks[i] = Samples.normals(i, i + 1, 3, 20, 16);
      }
      long before = nativeObjectsAfter(100, arena, stacks);
      assertThat(nativeObjectsAfter(500, arena, stacks) - before).isLessThan(100);
    }
  }

  private static long nativeObjectsAfter(int rounds, Arena arena, INDArray... stacks)
      throws InterruptedException {
    for (int round = 0; round < rounds; round++) {
      INDArray x = stacks[round % stacks.length];
      arena.scope(() -> ONEDNN.matmuls(ONEDNN.matmuls(x, false, x, true), true, x, false));
    }
    // Another thread frees what has been collected.
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 10; i++) {
      System.gc();
      Thread.sleep(50);
      least = Math.min(least, Pointer.totalCount());
    }
    return least;
  }

  /** One matrix each is a product of two matrices, whose rows are cut among threads. */
  @Test
  void twoMatricesAreAProductLikeAnyOther() {
    INDArray a = Samples.normals(1, 70, 33);
    INDArray b = Samples.normals(2, 33, 20);
    Kernels.with(
        ONEDNN,
        () -> {
          assertThat(Kernels.matmuls(a, false, b, false))
              .isEqualTo(Kernels.matmul(a, false, b, false));
          return true;
        });
  }
}
