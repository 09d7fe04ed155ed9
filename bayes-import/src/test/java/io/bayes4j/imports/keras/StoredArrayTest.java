package io.bayes4j.imports.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays that are read in another order than they are stored in. */
final class StoredArrayTest {
  private static StoredArray counted(ByteOrder order, long... shape) {
    int length = (int) LongStream.of(shape).reduce(1, (a, b) -> a * b);
    FloatBuffer numbers =
        ByteBuffer.allocateDirect(Float.BYTES * length).order(order).asFloatBuffer();
    IntStream.range(0, length).forEach(i -> numbers.put(i, i));
    return StoredArray.of(numbers, shape);
  }

  /** Lengths below, at and above what is turned at once, and with a rest. */
  static Stream<Arguments> turns() {
    return Stream.of(
        Arguments.of(new long[] {1, 1}, new int[] {0}),
        Arguments.of(new long[] {64, 64}, new int[] {0}),
        Arguments.of(new long[] {65, 1}, new int[] {0}),
        Arguments.of(new long[] {1, 130}, new int[] {0}),
        Arguments.of(new long[] {256, 128}, new int[] {0}),
        Arguments.of(new long[] {515, 261}, new int[] {0}),
        Arguments.of(new long[] {131, 77}, new int[] {0}),
        Arguments.of(new long[] {3, 5, 7, 11}, new int[] {2, 0, 1}),
        Arguments.of(new long[] {3, 2, 70, 66}, new int[] {2, 0, 1}),
        Arguments.of(new long[] {2, 3, 4, 5, 6}, new int[] {3, 0, 1, 2}),
        Arguments.of(new long[] {4, 3, 2, 9}, new int[] {0, 1, 2}),
        Arguments.of(new long[] {7}, new int[] {}));
  }

  @ParameterizedTest
  @MethodSource("turns")
  void theLastAxisComesFirst(long[] shape, int... others) {
    int[] axes = IntStream.concat(IntStream.of(shape.length - 1), IntStream.of(others)).toArray();
    for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
      StoredArray stored = counted(order, shape);

      INDArray turned = stored.lastFirst(others);

      INDArray wanted = stored.array().permute(axes).dup('c');
      assertThat(turned.shape()).isEqualTo(wanted.shape());
      assertThat(turned.data().asFloat()).isEqualTo(wanted.data().asFloat());
    }
  }

  @Test
  void numbersStandUnderTheirShape() {
    StoredArray stored = counted(ByteOrder.BIG_ENDIAN, 2, 3);

    assertThat(stored.array().getFloat(1, 0)).isEqualTo(3);
    assertThat(stored.reshaped(3, 2).array().getFloat(1, 0)).isEqualTo(2);
    assertThat(stored.numbers()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  /** An array is its layer's own: to change it changes no other, and not the file. */
  @Test
  void arraysAreNew() {
    StoredArray stored = counted(ByteOrder.nativeOrder(), 2, 2);

    stored.array().assign(7);
    stored.lastFirst(0).assign(7);
    Arrays.fill(stored.numbers(), 7);

    assertThat(stored.array().data().asFloat()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void anotherLengthIsRefused() {
    StoredArray stored = counted(ByteOrder.nativeOrder(), 2, 3);

    assertThatThrownBy(() -> stored.reshaped(2, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an array of shape [2, 4] must have 8 numbers, got 6");
  }
}
