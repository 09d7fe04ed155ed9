package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FloatMemoryTest {
  private static INDArray counting(long... shape) {
    long length = 1;
    for (long size : shape) {
      length *= size;
    }
    float[] values = new float[(int) length];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Nd4j.create(values, shape, 'c');
  }

  @Test
  void readsAndWritesInPlace() {
    INDArray array = counting(3, 4);
    FloatMemory memory = FloatMemory.of(array, "x");
    assertThat(memory.length()).isEqualTo(12);

    float[] read = new float[5];
    memory.read(6, read, 1, 3);
    assertThat(read).containsExactly(0, 6, 7, 8, 0);
    memory.read(9, read, 3);
    assertThat(read).containsExactly(9, 10, 11, 8, 0);

    memory.write(1, new float[] {-1, -2, -3}, 1, 2);
    memory.write(11, new float[] {-9}, 1);
    assertThat(array.data().asFloat()).containsExactly(0, -2, -3, 3, 4, 5, 6, 7, 8, 9, 10, -9);
  }

  @Test
  void readsAndWritesViewsFromTheirOffset() {
    INDArray whole = counting(4, 3);
    INDArray rows = whole.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all());
    FloatMemory memory = FloatMemory.of(rows, "rows");
    assertThat(memory.length()).isEqualTo(6);

    float[] read = new float[6];
    memory.read(0, read, 6);
    assertThat(read).containsExactly(3, 4, 5, 6, 7, 8);
    memory.write(5, new float[] {-8}, 1);
    assertThat(whole.getFloat(2, 2)).isEqualTo(-8);

    FloatMemory.of(whole.getRow(3), "row").read(0, read, 3);
    assertThat(read).startsWith(9, 10, 11);
  }

  @Test
  void takesEveryDenseShape() {
    float[] read = new float[3];
    FloatMemory.of(Nd4j.scalar(2.5f), "scalar").read(0, read, 1);
    assertThat(read[0]).isEqualTo(2.5f);
    FloatMemory.of(Nd4j.create(new float[] {1, 2, 3}, new long[] {3, 1}, 'f'), "column")
        .read(0, read, 3);
    assertThat(read).containsExactly(1, 2, 3);
    FloatMemory.of(counting(2, 1, 3, 1), "ones").read(3, read, 3);
    assertThat(read).containsExactly(3, 4, 5);
    assertThat(FloatMemory.of(Nd4j.empty(DataType.FLOAT), "empty").length()).isZero();
  }

  @Test
  void rejectsWhatIsNotAdjacent() {
    assertThatThrownBy(() -> FloatMemory.of(counting(3, 4).getColumn(1), "column"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("column must be dense in 'c' order, got shape [3] with strides [4]");
    assertThatThrownBy(() -> FloatMemory.of(counting(3, 4).transpose(), "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shape [4, 3] with strides [1, 4]");
    assertThatThrownBy(() -> FloatMemory.of(counting(3, 4).dup('f'), "x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                FloatMemory.of(
                    counting(3, 4).get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2)), "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void rejectsOtherTypesAndLengths() {
    assertThatThrownBy(() -> FloatMemory.of(counting(3).castTo(DataType.DOUBLE), "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("x must be of type FLOAT, got DOUBLE");
    assertThatThrownBy(() -> FloatMemory.of(counting(2, 3), "rho", 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rho must have 5 elements, got 6 of shape [2, 3]");
  }

  @Test
  void scratchArraysAreDistinctUntilClosed() {
    float[] first;
    try (Scratch outer = Scratch.open()) {
      first = outer.array();
      assertThat(first).hasSize(Scratch.SIZE);
      float[] inner;
      try (Scratch nested = Scratch.open()) {
        inner = nested.array();
        assertThat(inner).isNotSameAs(first);
      }
      assertThat(outer.array()).isSameAs(inner);
    }
    try (Scratch again = Scratch.open()) {
      assertThat(again.array()).isSameAs(first);
    }
  }
}
