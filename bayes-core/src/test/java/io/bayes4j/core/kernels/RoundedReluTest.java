package io.bayes4j.core.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class RoundedReluTest {
  private static final float NOTHING = Float.NaN;
  private static final float NEGATIVE_NOTHING = Float.intBitsToFloat(0xffc00000);

  private static INDArray rounded(INDArray x) {
    return Kernels.cast(x, DataType.BFLOAT16);
  }

  private static INDArray floats(INDArray x) {
    return Kernels.cast(x, DataType.FLOAT);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 33, 4096, 8193, 70_001})
  void equalsTheReluOfFloats(int length) {
    INDArray x = rounded(Samples.normals(1, 1, length));
    INDArray g = rounded(Samples.normals(2, 1, length));
    INDArray y = RoundedRelu.of(x);
    INDArray expected = Elementwise.relu(floats(x));
    assertThat(floats(y)).isEqualTo(expected);
    assertThat(floats(RoundedRelu.gradient(y, g)))
        .isEqualTo(Elementwise.reluGradient(expected, floats(g)));
    RoundedRelu.inPlace(x);
    assertThat(x).isEqualTo(y);
  }

  @Test
  void knowsSpecialNumbers() {
    float infinite = Float.POSITIVE_INFINITY;
    float tiny = 1e-39f;
    INDArray x =
        rounded(
            Samples.array(
                new long[] {9}, 0f, -0f, infinite, -infinite, tiny, -tiny, NOTHING, 2f, -2f));
    double nothing = Double.NaN;
    double kept = floats(x).getDouble(4);
    assertThat(kept).isPositive();
    assertThat(Doubles.of(floats(RoundedRelu.of(x))))
        .containsExactly(0, 0, infinite, 0, kept, 0, nothing, 2, 0);
    INDArray g = rounded(Samples.array(new long[] {9}, 1, 2, 3, 4, 5, 6, 7, infinite, infinite));
    assertThat(Doubles.of(floats(RoundedRelu.gradient(RoundedRelu.of(x), g))))
        .containsExactly(0, 0, 3, 0, 5, 0, 7, infinite, 0);
  }

  @Test
  void keepsWhatIsNotANumberWhateverItsSign() {
    INDArray x = rounded(Samples.array(new long[] {2}, NOTHING, NEGATIVE_NOTHING));
    assertThat(Doubles.of(floats(RoundedRelu.of(x)))).containsOnly(Double.NaN);
  }

  @Test
  void comparesElementsOfDifferentLayouts() {
    INDArray y = rounded(Samples.normals(Layout.ROW_MAJOR, 3, 2, 5, 3, 3));
    INDArray g = rounded(Samples.normals(Layout.CHANNELS_LAST, 4, 2, 5, 3, 3));
    INDArray positive = RoundedRelu.of(y);
    INDArray expected =
        Elementwise.reluGradient(Layout.CHANNELS_LAST.ensure(floats(positive)), floats(g));
    assertThat(floats(RoundedRelu.gradient(positive, g))).isEqualTo(expected);
  }

  @Test
  void takesWholeBfloat16ArraysAlone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoundedRelu.of(Samples.normals(1, 4)))
        .withMessageContaining("BFLOAT16");
    INDArray g = Arena.allocate(DataType.BFLOAT16, Layout.ROW_MAJOR, 3);
    INDArray y = Arena.allocate(DataType.BFLOAT16, Layout.ROW_MAJOR, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoundedRelu.gradient(y, g))
        .withMessageContaining("[3]");
  }
}
