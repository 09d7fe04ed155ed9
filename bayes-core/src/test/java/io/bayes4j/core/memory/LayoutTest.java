package io.bayes4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class LayoutTest {
  static Stream<long[]> shapes() {
    return Stream.of(
        new long[] {},
        new long[] {4},
        new long[] {2, 3},
        new long[] {2, 3, 4},
        new long[] {2, 3, 4, 5},
        new long[] {2, 3, 4, 5, 6},
        new long[] {1, 3, 1, 5},
        new long[] {2, 1, 4, 5},
        new long[] {2, 3, 1, 1});
  }

  @Test
  void strides() {
    long[] shape = {2, 3, 4, 5};
    assertThat(Layout.ROW_MAJOR.strides(shape)).containsExactly(60, 20, 5, 1);
    assertThat(Layout.CHANNELS_LAST.strides(shape)).containsExactly(60, 1, 15, 3);
    assertThat(Layout.CHANNELS_LAST.strides(new long[] {2, 3, 4})).containsExactly(12, 1, 3);
    assertThat(Layout.CHANNELS_LAST.strides(new long[] {2, 3})).containsExactly(3, 1);
    assertThat(Layout.CHANNELS_LAST.strides(new long[] {})).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void ensureCopiesIntoTheLayout(long[] shape) {
    INDArray rows = Samples.normals(1, shape);
    for (Layout from : Layout.values()) {
      for (Layout to : Layout.values()) {
        INDArray x = Samples.in(from, rows);
        INDArray y = to.ensure(x);
        assertThat(to.describes(y)).isTrue();
        assertThat(Doubles.of(y)).containsExactly(Doubles.of(rows));
        assertThat(to.ensure(y)).isSameAs(y);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void allocatedArraysHaveTheLayoutAskedFor(long[] shape) {
    for (Layout layout : Layout.values()) {
      INDArray x = Arena.allocate(layout, shape);
      assertThat(x.shape()).containsExactly(shape);
      assertThat(layout.describes(x)).isTrue();
      assertThat(layout.describes(Arena.like(x))).isTrue();
    }
  }

  @Test
  void rowMajorWhereBothDescribe() {
    assertThat(Layout.of(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 1, 4, 5)))
        .isEqualTo(Layout.ROW_MAJOR);
    assertThat(Layout.of(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 3, 1, 1)))
        .isEqualTo(Layout.ROW_MAJOR);
    assertThat(Layout.of(Samples.normals(Layout.CHANNELS_LAST, 1, 2, 3, 4)))
        .isEqualTo(Layout.CHANNELS_LAST);
    assertThat(Layout.of(Samples.strided(Samples.normals(1, 2, 3)))).isEqualTo(Layout.ROW_MAJOR);
  }

  @ParameterizedTest
  @EnumSource
  void flatSharesMemoryInItsOrder(Layout layout) {
    INDArray x = Samples.normals(layout, 1, 2, 3, 4);
    INDArray flat = Layout.flat(x);
    assertThat(flat.shape()).containsExactly(24);
    double second = layout == Layout.ROW_MAJOR ? x.getDouble(0, 0, 1) : x.getDouble(0, 1, 0);
    assertThat(flat.getDouble(1)).isEqualTo(second);
    flat.putScalar(23, 42);
    assertThat(x.getDouble(1, 2, 3)).isEqualTo(42);
  }

  @Test
  void flatOfADenseViewStartsWhereTheViewDoes() {
    INDArray host = Samples.normals(1, 5, 3);
    INDArray view = host.get(NDArrayIndex.interval(1, 4));
    INDArray viewOfView = view.get(NDArrayIndex.interval(1, 3));
    assertThat(Doubles.of(Layout.flat(view))).containsExactly(Doubles.of(view));
    assertThat(Doubles.of(Layout.flat(viewOfView))).containsExactly(Doubles.of(viewOfView));
    Layout.flat(viewOfView).putScalar(0, 42);
    assertThat(host.getDouble(2, 0)).isEqualTo(42);
  }

  @Test
  void flatRefusesWhatIsNotDense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Layout.flat(Samples.strided(Samples.normals(1, 2, 3))))
        .withMessageContaining("dense");
  }

  @Test
  void channelsLastViewIsRowMajorWithoutACopy() {
    for (long[] shape : new long[][] {{2, 3, 4}, {2, 3, 4, 5}, {2, 3, 4, 5, 6}}) {
      INDArray x = Samples.normals(Layout.CHANNELS_LAST, 1, shape);
      INDArray view = Layout.channelsLastView(x);
      assertThat(Layout.ROW_MAJOR.describes(view)).isTrue();
      assertThat(view.size(shape.length - 1)).isEqualTo(3);
      assertThat(view.data().address()).isEqualTo(x.data().address());
    }
    INDArray matrix = Samples.normals(1, 2, 3);
    assertThat(Layout.channelsLastView(matrix)).isSameAs(matrix);
  }
}
