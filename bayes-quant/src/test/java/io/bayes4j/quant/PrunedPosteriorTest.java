package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPosterior;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PrunedPosteriorTest {
  @Test
  void prunedWeightsAreZeroInEightBitsToo() {
    INDArray mu = Noise.seeded(1).normals(4, 8);
    INDArray kept = Nd4j.onesLike(mu);
    kept.getColumn(2).assign(0);
    GaussianPosterior posterior = GaussianPosterior.ofRho(mu, -1.0);
    posterior.prune(kept);
    QuantizedPosterior quantized = QuantizedPosterior.of(posterior, 4);
    for (int draw = 0; draw < 20; draw++) {
      byte[] values = quantized.sample(Noise.seeded(draw)).values();
      for (int row = 0; row < 4; row++) {
        assertThat(values[8 * row + 2]).isZero();
      }
      assertThat(values).isNotEqualTo(new byte[32]);
    }
    assertThat(quantized.mean().values()[2]).isZero();
  }
}
