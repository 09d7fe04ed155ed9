package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pooling as layers: which window each class means, and what it computes by hand. */
class PoolsTest {
  /** One example, one channel, 1 to 6. */
  private static final INDArray ROW = Samples.array(new long[] {1, 1, 6}, 1, 2, 3, 4, 5, 6);

  private static double[] run(Layer layer, INDArray x) {
    return Doubles.of(layer.forward(Var.constant(x), Pass.mean()).value());
  }

  @Test
  void windowsTouchUnlessToldOtherwise() {
    assertThat(run(new MaxPool1d(2), ROW)).containsExactly(2, 4, 6);
    assertThat(run(new AvgPool1d(2), ROW)).containsExactly(1.5, 3.5, 5.5);
    assertThat(run(new MaxPool1d(3, 1, 0), ROW)).containsExactly(3, 4, 5, 6);
    assertThat(run(new AvgPool1d(3, 3, 0), ROW)).containsExactly(2, 5);
  }

  @Test
  void paddingNeverWinsAMaximumAndCountsAsZerosInAMean() {
    assertThat(run(new MaxPool1d(2, 2, 1), ROW.neg())).containsExactly(-1, -2, -4, -6);
    assertThat(run(new AvgPool1d(2, 2, 1), ROW)).containsExactly(0.5, 2.5, 4.5, 3);
  }

  @Test
  void planesAndVolumes() {
    INDArray plane = Samples.array(new long[] {1, 1, 2, 4}, 1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(run(new MaxPool2d(2), plane)).containsExactly(6, 8);
    assertThat(run(new AvgPool2d(2), plane)).containsExactly(3.5, 5.5);
    INDArray volume = plane.reshape('c', 1, 1, 2, 2, 2);
    assertThat(run(new MaxPool3d(2), volume)).containsExactly(8);
    assertThat(run(new AvgPool3d(2), volume)).containsExactly(4.5);
    assertThat(run(new GlobalAvgPool(), plane)).containsExactly(4.5);
    assertThat(run(new GlobalAvgPool(), volume)).containsExactly(4.5);
  }

  /** A layer and the shape of an input. */
  @SuppressWarnings("ArrayRecordComponent") // Rows are never compared.
  private record Row(Layer layer, long... shape) {
    @Override
    public String toString() {
      return layer.toString();
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        new Row(new MaxPool1d(3, 2, 1), 2, 3, 7),
        new Row(new AvgPool1d(3, 2, 1), 2, 3, 7),
        new Row(new MaxPool2d(3, 2, 1), 2, 3, 5, 4),
        new Row(new AvgPool2d(2, 1, 1), 2, 3, 4, 3),
        new Row(new MaxPool3d(2, 1, 0), 1, 2, 3, 2, 3),
        new Row(new AvgPool3d(2, 2, 1), 1, 2, 2, 3, 2),
        new Row(new GlobalAvgPool(), 2, 3, 4, 2));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void gradientsEqualFiniteDifferencesInBothLayouts(Row row) {
    for (Layout layout : Layout.values()) {
      Var x = Var.leaf(Samples.in(layout, Samples.distinct(1, row.shape)));
      GradientCheck.of(() -> row.layer.forward(x, Pass.train(Noise.seeded(1)))).elements(20).run(x);
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void haveNoParametersAndComputeTheSameInEveryMode(Row row) {
    assertThat(row.layer.parameters()).isEmpty();
    assertThat(row.layer.buffers()).isEmpty();
    Var x = Var.constant(Samples.normals(1, row.shape));
    double[] mean = Doubles.of(row.layer.forward(x, Pass.mean()).value());
    for (Mode mode : Mode.values()) {
      Var y = row.layer.forward(x, Pass.of(mode, Noise.seeded(3)));
      assertThat(Doubles.of(y.value())).isEqualTo(mean);
    }
  }

  @Test
  void refuseOptionsAndInputsThatDoNotFit() {
    for (int[] bad : List.of(new int[] {0, 1, 0}, new int[] {2, 0, 0}, new int[] {2, 1, -1})) {
      assertThatIllegalArgumentException().isThrownBy(() -> new MaxPool2d(bad[0], bad[1], bad[2]));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AvgPool1d(3, 1, 2))
        .withMessage("padding (=2) must be at most half of the window (=3)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> run(new GlobalAvgPool(), Samples.normals(1, 2, 3)))
        .withMessageContaining("x must be [N, C, spatial ...]");
    assertThatIllegalArgumentException().isThrownBy(() -> run(new MaxPool2d(2), ROW));
    assertThatIllegalArgumentException().isThrownBy(() -> run(new MaxPool1d(7), ROW));
  }
}
