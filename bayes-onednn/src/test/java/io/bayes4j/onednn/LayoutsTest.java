package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Channels first and last, as the portable kernels copy them. */
class LayoutsTest {
  private static final KernelProvider ONE_DNN = new OneDnn();

  static Stream<long[]> shapes() {
    return Stream.of(
        new long[] {4},
        new long[] {3, 5},
        new long[] {2, 3, 4},
        new long[] {1, 3, 1, 5},
        new long[] {2, 1, 4, 5},
        new long[] {3, 7, 1, 1},
        new long[] {1, 3, 90, 91},
        new long[] {5, 64, 12, 12},
        new long[] {3, 63, 65},
        new long[] {33, 17, 5, 3},
        new long[] {2, 3, 4, 5, 6},
        new long[] {2, 257, 67});
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void areThoseOfThePortableKernels(long[] shape) {
    INDArray rows = Samples.normals(1, shape);
    for (Layout from : Layout.values()) {
      for (Layout to : Layout.values()) {
        for (INDArray x : new INDArray[] {Samples.in(from, rows), part(Samples.in(from, rows))}) {
          INDArray y = ONE_DNN.inLayout(x, to);
          assertThat(to.describes(y)).isTrue();
          assertThat(Doubles.of(y)).containsExactly(Doubles.of(Kernels.portable().inLayout(x, to)));
          assertThat(ONE_DNN.inLayout(y, to)).isSameAs(y);
          assertThat(y == x).isEqualTo(to.describes(x));
        }
      }
    }
  }

  private static INDArray part(INDArray x) {
    return x.get(NDArrayIndex.interval(x.size(0) / 2, x.size(0)));
  }

  @Test
  void keepEveryNumberAsItIs() {
    INDArray x = Samples.normals(1, 2, 3, 4);
    float[] odd = {Float.NaN, Float.NEGATIVE_INFINITY, -0.0f, Float.MIN_VALUE, Float.MAX_VALUE};
    for (int i = 0; i < odd.length; i++) {
      x.putScalar(5L * i, odd[i]);
    }
    INDArray last = ONE_DNN.inLayout(x, Layout.CHANNELS_LAST);
    float[] again = ONE_DNN.inLayout(last, Layout.ROW_MAJOR).data().asFloat();
    assertThat(again).containsExactly(x.data().asFloat());
  }

  @Test
  void ofBfloat16StayBfloat16() {
    INDArray x = ONE_DNN.cast(Samples.normals(Layout.CHANNELS_LAST, 1, 3, 5, 7), DataType.BFLOAT16);
    INDArray y = ONE_DNN.inLayout(x, Layout.ROW_MAJOR);
    assertThat(y.dataType()).isEqualTo(DataType.BFLOAT16);
    assertThat(Layout.ROW_MAJOR.describes(y)).isTrue();
    assertThat(Doubles.of(ONE_DNN.cast(y, DataType.FLOAT)))
        .containsExactly(Doubles.of(ONE_DNN.cast(x, DataType.FLOAT)));
  }

  @Test
  void ofStridedArraysAreCopied() {
    INDArray x = Samples.strided(Samples.normals(1, 2, 3, 4, 5));
    for (Layout to : Layout.values()) {
      assertThat(Doubles.of(ONE_DNN.inLayout(x, to))).containsExactly(Doubles.of(x));
    }
  }
}
