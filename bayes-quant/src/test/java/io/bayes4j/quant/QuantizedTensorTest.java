package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.random.Noise;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class QuantizedTensorTest {
  @Test
  void givesTheGreatestElementOfAChannelTheGreatestNumber() {
    QuantizedTensor q =
        QuantizedTensor.of(Nd4j.createFromArray(new float[][] {{1, -2, 0.5f}, {0.1f, 0, -0.04f}}));

    assertThat(q.shape()).containsExactly(2, 3);
    assertThat(q.values()).containsExactly(64, -127, 32, 127, 0, -51);
    assertThat(q.scale(0)).isEqualTo(2f / 127);
    assertThat(q.scale(1)).isEqualTo(0.1f / 127);
  }

  @Property(tries = 200)
  void isWithinHalfAStepOfTheTensor(@ForAll @Size(min = 1, max = 24) float[] numbers) {
    INDArray tensor = Nd4j.createFromArray(numbers).reshape(1, numbers.length);
    QuantizedTensor q = QuantizedTensor.of(tensor);
    float[] back = q.dequantize().data().asFloat();

    for (int i = 0; i < numbers.length; i++) {
      assertThat(Math.abs((double) back[i] - numbers[i])).isLessThanOrEqualTo(q.errorBound(0));
    }
    assertThat(q.errorBound(0)).isLessThan(0.5001 * q.scale(0));
  }

  @Test
  void comesWithinAHundredthOfItsErrorBound() {
    INDArray tensor = Noise.seeded(1).uniforms(1, 4096);
    QuantizedTensor q = QuantizedTensor.of(tensor);

    double worst = q.dequantize().sub(tensor).amaxNumber().doubleValue();

    assertThat(worst).isBetween(0.99 * q.errorBound(0), q.errorBound(0));
  }

  @Test
  void keepsAChannelOfZeros() {
    assertThat(QuantizedTensor.of(Nd4j.zeros(DataType.FLOAT, 2, 3)).dequantize())
        .isEqualTo(Nd4j.zeros(DataType.FLOAT, 2, 3));
  }

  @Test
  void isTheNegativeOfTheNegativesNumbers() {
    INDArray tensor = Noise.seeded(2).normals(3, 50);
    byte[] values = QuantizedTensor.of(tensor).values();
    byte[] negatives = QuantizedTensor.of(tensor.neg()).values();

    for (int i = 0; i < values.length; i++) {
      assertThat((int) negatives[i]).isEqualTo(-values[i]);
    }
  }

  @Test
  void handsOutCopies() {
    QuantizedTensor q = QuantizedTensor.of(Nd4j.createFromArray(1f, 2f));
    q.values()[0] = 5;
    q.shape()[0] = 5;

    assertThat(q.values()).containsExactly(127, 127);
    assertThat(q.shape()).containsExactly(2);
  }

  @Test
  void refusesWhatIsNotAFiniteFloatTensor() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizedTensor.of(Nd4j.createFromArray(1f, Float.NaN)))
        .withMessage("tensor must be finite, got NaN at element 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizedTensor.of(Nd4j.createFromArray(1.0, 2.0)))
        .withMessageContaining("got DOUBLE of shape [2]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QuantizedTensor.of(Nd4j.empty(DataType.FLOAT)))
        .withMessageContaining("tensor must be a non-empty float array");
  }
}
