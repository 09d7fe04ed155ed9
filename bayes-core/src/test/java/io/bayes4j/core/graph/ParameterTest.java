package io.bayes4j.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.Samples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ParameterTest {
  @Test
  void copiesItsInitialValueRowMajor() {
    INDArray initial = Samples.normals(Layout.CHANNELS_LAST, 1, 2, 3, 4);
    Parameter p = new Parameter(initial);
    assertThat(p.value()).isEqualTo(initial);
    assertThat(Layout.of(p.value())).isEqualTo(Layout.ROW_MAJOR);
    initial.assign(0);
    assertThat(p.value().sumNumber().doubleValue()).isNotZero();
    assertThat(p.shape()).containsExactly(2, 3, 4);
    assertThat(p).hasToString("Parameter[2, 3, 4]");
  }

  @Test
  void assignWritesIntoTheSameStorage() {
    Parameter p = new Parameter(Samples.normals(1, 2, 3));
    INDArray storage = p.value();
    Var before = p.var();
    p.assign(Samples.strided(Samples.normals(2, 2, 3)));
    assertThat(p.value()).isSameAs(storage).isEqualTo(Samples.normals(2, 2, 3));
    assertThat(p.var()).isSameAs(before);
  }

  @Test
  void refusesOtherShapesAndTypes() {
    Parameter p = new Parameter(Samples.normals(1, 2, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> p.assign(Samples.normals(1, 3, 2)))
        .withMessageContaining("[3, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> p.assign(Samples.normals(1, 2, 3).castTo(DataType.DOUBLE)))
        .withMessageContaining("DOUBLE");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Parameter(Nd4j.create(DataType.DOUBLE, new long[] {2})))
        .withMessageContaining("DOUBLE");
    assertThat(p.value()).isEqualTo(Samples.normals(1, 2, 3));
  }

  @Test
  void aFrozenParameterTakesNoGradient() {
    Parameter p = new Parameter(Samples.normals(1, 3));
    Parameter frozen = new Parameter(Samples.normals(2, 3));
    frozen.setTrainable(false);
    assertThat(frozen.trainable()).isFalse();
    assertThat(frozen).hasToString("Parameter[3] frozen");
    Gradients gradients = Gradients.of(Ops.sum(Ops.mul(p.var(), frozen.var())));
    assertThat(gradients.reaches(frozen.var())).isFalse();
    assertThat(gradients.get(frozen)).isEqualTo(Nd4j.zeros(DataType.FLOAT, 3));
    assertThat(gradients.get(p)).isEqualTo(frozen.value());
  }

  @Test
  void aParameterThawedAgainIsTheSameLeaf() {
    Parameter p = new Parameter(Samples.normals(1, 3));
    Var loss = Ops.sum(Ops.scale(p.var(), 2));
    p.setTrainable(false);
    p.setTrainable(true);
    assertThat(Gradients.of(loss).get(p))
        .isEqualTo(Nd4j.valueArrayOf(new long[] {3}, 2f, DataType.FLOAT));
  }

  @Test
  void theGraphSeesWhatTheOptimizerWrites() {
    Parameter p = new Parameter(Samples.normals(1, 3));
    p.value().assign(5);
    assertThat(Ops.sum(p.var()).item()).isEqualTo(15);
  }
}
