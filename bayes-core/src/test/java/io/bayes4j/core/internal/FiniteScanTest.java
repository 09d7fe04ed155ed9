package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FiniteScanTest {
  /** Longer than a chunk, and odd. */
  private static final int LENGTH = 4099;

  private static final float[] FINITE = {
    0, -0f, 1, -1, Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE
  };

  private static final float[] OTHERS = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0x7f810000)
  };

  private static INDArray finite(DataType type, int length) {
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      // The largest float is infinite in BFLOAT16.
      float number = FINITE[i % FINITE.length];
      numbers[i] = type == DataType.FLOAT ? number : number * 0.99f;
    }
    return Detached.copy(Detached.of(numbers, length), Detached.create(type, length));
  }

  private static void set(INDArray array, long at, float value) {
    Detached.copy(
        Detached.of(new float[] {value}, 1), array.get(NDArrayIndex.interval(at, at + 1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT", "BFLOAT16"})
  void everyOtherNumberIsFoundAtEveryPlace(String name) {
    DataType type = DataType.valueOf(name);
    INDArray array = finite(type, LENGTH);
    FiniteScan scan = FiniteScan.of(array);
    assertThat(scan.all()).isTrue();
    for (int at : new int[] {0, 1, 2, 2047, 2048, 4095, 4096, 4097, 4098}) {
      for (float other : OTHERS) {
        set(array, at, other);
        assertThat(scan.all()).as("%s at %d", other, at).isFalse();
        assertThat(scan.all(at, at + 1)).isFalse();
        assertThat(scan.all(at, LENGTH)).isFalse();
        assertThat(scan.all(0, at + 1)).isFalse();
        assertThat(scan.all(0, at)).isTrue();
        assertThat(scan.all(at + 1, LENGTH)).isTrue();
        set(array, at, 1);
      }
    }
    assertThat(scan.all()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FLOAT", "BFLOAT16"})
  void elementsOutsideOfAPartDoNotMatter(String name) {
    INDArray array = finite(DataType.valueOf(name), 40).reshape(8, 5);
    set(Detached.reshape(array, 40), 9, Float.NaN);
    set(Detached.reshape(array, 40), 25, Float.NaN);
    assertThat(FiniteScan.of(array.get(NDArrayIndex.interval(2, 5))).all()).isTrue();
    assertThat(FiniteScan.of(array.get(NDArrayIndex.interval(1, 5))).all()).isFalse();
    assertThat(FiniteScan.of(array.get(NDArrayIndex.interval(2, 6))).all()).isFalse();
  }

  @Test
  void otherTypesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FiniteScan.of(Detached.create(DataType.DOUBLE, 3)))
        .withMessageContaining("array must be of type FLOAT or BFLOAT16, got DOUBLE");
  }
}
