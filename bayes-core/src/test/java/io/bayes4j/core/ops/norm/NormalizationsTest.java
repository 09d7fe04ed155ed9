package io.bayes4j.core.ops.norm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients of the operations by channel; the provider's own test compares their values. */
class NormalizationsTest {
  private static final INDArray SCALE = Samples.normals(2, 3);
  private static final INDArray SHIFT = Samples.normals(3, 3);

  private static INDArray x(Layout layout) {
    return Samples.normals(layout, 1, 4, 3, 2, 5);
  }

  @ParameterizedTest
  @EnumSource
  void batchNorm(Layout layout) {
    Var[] leaves = {Var.leaf(x(layout)), Var.leaf(SCALE), Var.leaf(SHIFT)};
    GradientCheck.of(() -> Normalizations.batchNorm(leaves[0], leaves[1], leaves[2], 1e-3).y())
        .run(leaves);
  }

  @Test
  void batchNormOfAMatrix() {
    GradientCheck.check(
        v -> Normalizations.batchNorm(v[0], v[1], v[2], 1e-3).y(),
        Samples.normals(1, 7, 3),
        SCALE,
        SHIFT);
  }

  @ParameterizedTest
  @EnumSource
  void channelAffine(Layout layout) {
    GradientCheck.check(
        v -> Normalizations.channelAffine(v[0], v[1], v[2]), x(layout), SCALE, SHIFT);
    GradientCheck.check(v -> Normalizations.channelAffine(v[0], v[1], v[1]), x(layout), SCALE);
  }

  @ParameterizedTest
  @EnumSource
  void addChannels(Layout layout) {
    GradientCheck.check(v -> Normalizations.addChannels(v[0], v[1]), x(layout), SHIFT);
    Var matrix = Var.leaf(Samples.normals(1, 3, 3));
    Var vector = Var.leaf(SHIFT);
    GradientCheck.of(() -> Ops.mul(matrix, Normalizations.addChannels(matrix, vector)))
        .run(matrix, vector);
  }

  @ParameterizedTest
  @EnumSource
  void scaleChannels(Layout layout) {
    INDArray factors = Samples.normals(5, 4, 3);
    GradientCheck.check(v -> Normalizations.scaleChannels(v[0], factors), x(layout));
  }

  @Test
  void refusesShapesThatDoNotFit() {
    Var x = Var.leaf(x(Layout.ROW_MAJOR));
    Var three = Var.leaf(SCALE);
    Var four = Var.leaf(Samples.normals(1, 4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.batchNorm(x, four, three, 1e-5))
        .withMessageContaining("scale must have shape [3], got [4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.batchNorm(x, three, four, 1e-5))
        .withMessageContaining("shift must have shape [3], got [4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.batchNorm(x, three, three, 0))
        .withMessageContaining("epsilon");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.addChannels(x, four))
        .withMessageContaining("shift");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.channelAffine(x, three, x))
        .withMessageContaining("shift");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.scaleChannels(x, SCALE))
        .withMessageContaining("factors");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.scaleChannels(three, SCALE))
        .withMessageContaining("channel axis");
  }

  @Test
  void oneElementAChannelHasNoVariance() {
    Var x = Var.leaf(Samples.normals(1, 1, 3));
    Var three = Var.leaf(SCALE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Normalizations.batchNorm(x, three, three, 1e-5))
        .withMessageContaining("more than one element a channel");
  }

  @Test
  void aConstantChannelBecomesItsShift() {
    Var x = Var.leaf(Samples.normals(1, 4, 3, 2).assign(3));
    Var y = Normalizations.batchNorm(x, Var.leaf(SCALE), Var.leaf(SHIFT), 1e-5).y();
    for (int c = 0; c < 3; c++) {
      assertThat(y.value().getDouble(1, c, 1)).isCloseTo(SHIFT.getDouble(c), within(1e-3));
    }
  }
}
