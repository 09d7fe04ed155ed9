package io.bayes4j.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class VarTest {
  @Test
  void leavesAreTrackedAndConstantsAreNot() {
    assertThat(Var.leaf(Samples.normals(1, 2)).tracked()).isTrue();
    assertThat(Var.constant(Samples.normals(1, 2)).tracked()).isFalse();
    assertThat(Var.constant(3).tracked()).isFalse();
    assertThat(Var.constant(3).item()).isEqualTo(3);
  }

  @Test
  void aResultOfConstantsIsAConstant() {
    Var y = Ops.add(Var.constant(1), Var.constant(2));
    assertThat(y.tracked()).isFalse();
    assertThat(y.inputs()).isEmpty();
  }

  @Test
  void describesItself() {
    Var x = Var.leaf(Samples.normals(1, 2, 3));
    assertThat(x.shape()).containsExactly(2, 3);
    assertThat(x.rank()).isEqualTo(2);
    assertThat(x.size(1)).isEqualTo(3);
    assertThat(x).hasToString("Var[2, 3] tracked");
  }

  @Test
  void itemNeedsOneElement() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Var.constant(Samples.normals(1, 2)).item())
        .withMessageContaining("[2]");
  }

  @Test
  void takesBothLayoutsAndRefusesWhatIsNotDense() {
    INDArray x = Samples.normals(1, 2, 3, 4);
    assertThat(Var.leaf(Samples.in(Layout.CHANNELS_LAST, x)).tracked()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Var.leaf(Samples.strided(x)))
        .withMessageContaining("dup()")
        .withMessageContaining("strides");
    assertThatIllegalArgumentException().isThrownBy(() -> Var.constant(x.permute(2, 1, 0)));
  }

  @Test
  void refusesOtherTypes() {
    INDArray x = Samples.normals(1, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Var.leaf(x.castTo(DataType.DOUBLE)))
        .withMessageContaining("DOUBLE");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Var.constant(x.castTo(DataType.INT64)))
        .withMessageContaining("LONG");
  }
}
