package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class FiniteTest {
  private static final long[] SHAPE = {3, 50, 60};

  @Test
  void findsOneBadElementInAnyLayout() {
    for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      INDArray x = Samples.normals(1, SHAPE);
      assertThat(Finite.all(x)).isTrue();
      x.putScalar(new long[] {1, 7, 59}, bad);
      for (INDArray any : new INDArray[] {x, Samples.in(Layout.CHANNELS_LAST, x)}) {
        assertThat(Finite.all(any)).isFalse();
        assertThatIllegalArgumentException()
            .isThrownBy(() -> Finite.require("x", any))
            .withMessage("x must be finite, got NaN or infinity in row 1");
      }
    }
  }

  @Test
  void looksOnlyAtTheElementsOfAView() {
    // What lies between them is NaN.
    INDArray view = Samples.strided(Samples.normals(1, 4, 5));
    assertThatCode(() -> Finite.require("view", view)).doesNotThrowAnyException();
  }

  @Test
  void namesRowZeroOfAScalar() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Finite.require("loss", Samples.array(new long[] {}, Double.NaN)))
        .withMessageContaining("loss")
        .withMessageContaining("row 0");
  }
}
