package io.bayes4j.core.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

final class ResidualShortcutTest {
  @ParameterizedTest
  @EnumSource(Layout.class)
  void takesEveryStridethPixelAndSurroundsTheChannelsWithZeros(Layout layout) {
    INDArray x = Samples.normals(layout, 1, 2, 3, 5, 4);

    INDArray y = ResidualShortcut.subsample(Var.constant(x), 2, 1, 2).value();

    assertThat(y.shape()).containsExactly(2, 6, 3, 2);
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 6; c++) {
        for (int h = 0; h < 3; h++) {
          for (int w = 0; w < 2; w++) {
            boolean taken = c >= 1 && c < 4;
            float expected = taken ? x.getFloat(n, c - 1, 2 * h, 2 * w) : 0f;
            assertThat(y.getFloat(n, c, h, w)).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void isTheIdentityForStrideOneWithoutNewChannels() {
    INDArray x = Samples.normals(2, 1, 2, 3, 3);

    assertThat(ResidualShortcut.subsample(Var.constant(x), 1, 0, 0).value()).isEqualTo(x);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void hasTheGradientOfFiniteDifferences(Layout layout) {
    GradientCheck.check(
        leaves -> ResidualShortcut.subsample(leaves[0], 2, 2, 1),
        Samples.normals(layout, 3, 2, 3, 5, 4));
  }

  @Test
  void givesPixelsThatWereNotTakenNoGradient() {
    Var x = Var.leaf(Samples.normals(4, 1, 1, 2, 2));

    INDArray gradient = Gradients.of(Ops.sum(ResidualShortcut.subsample(x, 2, 0, 1))).get(x);

    assertThat(gradient.reshape(4).toFloatVector()).containsExactly(1, 0, 0, 0);
  }

  @Test
  void refusesWhatItCannotSubsample() {
    Var image = Var.constant(Samples.normals(5, 1, 2, 4, 4));
    Var line = Var.constant(Samples.normals(5, 1, 2, 4));

    assertThatThrownBy(() -> ResidualShortcut.subsample(line, 2, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x must be [N, C, H, W], got shape [1, 2, 4]");
    assertThatThrownBy(() -> ResidualShortcut.subsample(image, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stride");
    assertThatThrownBy(() -> ResidualShortcut.subsample(image, 2, -1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("before and after must be >= 0, got -1 and 0");
  }
}
