package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.testing.Samples;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class InitGivenTest {
  @Test
  void weightsBecomeTheLayersOwn() {
    INDArray kernel = Samples.normals(1, 4, 3);
    INDArray bias = Samples.normals(2, 4);

    Linear layer = new Linear(3, 4, Init.given(kernel, Optional.of(bias)));

    assertThat(layer.parameters().get("weight").value()).isSameAs(kernel);
    assertThat(layer.parameters().get("bias").value()).isSameAs(bias);
  }

  @Test
  void weightsOfAnotherShapeAreRefused() {
    Init turned = Init.given(Samples.normals(1, 3, 4), Optional.empty());
    Init bare = Init.given(Samples.normals(1, 4, 3), Optional.empty());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Linear(3, 4, false, turned))
        .withMessage("kernel must have shape [4, 3], got [3, 4]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Linear(3, 4, bare))
        .withMessage("bias must have shape [4], got none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Init.given(Samples.normals(1, 4, 3).permute(1, 0), Optional.empty()))
        .withMessageStartingWith("kernel must be");
  }
}
