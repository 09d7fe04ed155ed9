package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.onednn.MatmulPlans.Transposed;
import java.util.List;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class PlanCacheTest {
  private static PlanKey product(long rows, long inner, long columns) {
    List<Operand> operands =
        List.of(
            Operand.rowMajor(rows, inner),
            Operand.rowMajor(inner, columns),
            Operand.rowMajor(rows, columns));
    return new PlanKey(
        Operation.MATMUL, operands, new Transposed(false, false), Precision.F32, 1, List.of());
  }

  @Test
  void keepsThePlansUsedLast() {
    PlanCache cache = new PlanCache(2);
    Plan first = cache.hold(product(2, 3, 4));
    Plan second = cache.hold(product(3, 3, 4));
    assertThat(cache.hold(product(2, 3, 4))).isSameAs(first);
    cache.hold(product(4, 3, 4));
    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.hold(product(2, 3, 4))).isSameAs(first);
    assertThat(cache.hold(product(3, 3, 4))).isNotSameAs(second);
  }

  @Test
  void runsAPlanThatWasEvictedWhileItWasHeld() {
    PlanCache cache = new PlanCache(1);
    Plan held = cache.hold(product(2, 2, 2));
    cache.hold(product(3, 2, 2)).release();
    INDArray identity = Samples.array(new long[] {2, 2}, 1, 0, 0, 1);
    INDArray x = Samples.normals(1, 2, 2);
    INDArray y = Arena.allocate(2, 2);
    held.run(x, identity, y);
    held.release();
    assertThat(y).isEqualTo(x);
  }

  @Test
  void freesWhatItEvicts() {
    PlanCache cache = new PlanCache(4);
    INDArray x = Samples.normals(1, 8, 8);
    long before = 0;
    for (int size = 1; size <= 200; size++) {
      Plan plan = cache.hold(product(8, 8, size));
      plan.run(x, Samples.normals(2, 8, size), Arena.allocate(8, size));
      plan.release();
      if (size == 40) {
        before = Pointer.totalCount();
      }
    }
    // Arrays of the test itself that are not yet collected count, too: a few a round.
    assertThat(Pointer.totalCount() - before).isLessThan(160 * 5);
    assertThat(cache.size()).isEqualTo(4);
  }

  @Test
  void namesWhatCannotBeCompiled() {
    PlanKey wrong =
        new PlanKey(
            Operation.MATMUL,
            List.of(Operand.rowMajor(2, 3), Operand.rowMajor(5, 4), Operand.rowMajor(2, 4)),
            new Transposed(false, false),
            Precision.F32,
            1,
            List.of());
    assertThatThrownBy(() -> new PlanCache(1).hold(wrong))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("MATMUL")
        .hasMessageContaining("[5, 4]");
  }
}
