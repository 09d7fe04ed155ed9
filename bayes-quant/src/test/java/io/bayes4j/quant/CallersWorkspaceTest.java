package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.CallersWorkspace;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** In a workspace of the caller's, quantization gives what it gives outside, and it lasts. */
class CallersWorkspaceTest {
  private static Layer quantized() {
    Init init = Init.seeded(1);
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.1);
    return Quantizer.quantize(
            Sequential.of(
                new LinearFlipout(20, 9, spec, init),
                Activation.RELU,
                new LinearReparameterization(9, 7, spec, init),
                Activation.TANH,
                new Linear(7, 3, init)))
        .model();
  }

  @Test
  void aQuantizedModelPredictsAsOutside() {
    INDArray x = Noise.seeded(2).normals(11, 20);
    double[] expected = Doubles.of(MonteCarlo.of(quantized()).samples(3).outputs(x));

    Layer inside = CallersWorkspace.around(CallersWorkspaceTest::quantized);

    assertThat(Doubles.of(MonteCarlo.of(inside).samples(3).outputs(x))).isEqualTo(expected);
    for (int cycle = 0; cycle < 3; cycle++) {
      INDArray y = CallersWorkspace.around(() -> MonteCarlo.of(inside).samples(3).outputs(x));
      assertThat(Doubles.of(y)).isEqualTo(expected);
    }
  }

  @Test
  void tensorsAndPosteriorsLast() {
    INDArray weights = Noise.seeded(3).normals(4, 6);
    QuantizedTensor tensor = CallersWorkspace.around(() -> QuantizedTensor.of(weights));
    INDArray restored = CallersWorkspace.around(tensor::dequantize);
    assertThat(Doubles.of(restored))
        .isEqualTo(Doubles.of(QuantizedTensor.of(weights).dequantize()));

    GaussianPosterior posterior = GaussianPosterior.ofRho(weights, -2);
    INDArray draw =
        CallersWorkspace.around(
            () -> QuantizedPosterior.of(posterior, 4).sample(Noise.seeded(5)).dequantize());
    assertThat(Doubles.of(draw))
        .isEqualTo(
            Doubles.of(QuantizedPosterior.of(posterior, 4).sample(Noise.seeded(5)).dequantize()));
  }
}
