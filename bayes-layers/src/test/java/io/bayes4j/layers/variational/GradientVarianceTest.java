package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Pass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The noise in a batch's gradient, over draws with the data fixed: it falls as 1/N if examples have
 * draws of their own, and to a floor if they share one (Wen et al. 2018, Kingma et al. 2015).
 */
class GradientVarianceTest {
  private static final int LARGEST = 256;
  private static final int DRAWS = 250;
  private static final INDArray X = Samples.normals(3, LARGEST, 6);

  /** What several tests compare is computed once. */
  private static final Map<List<Object>, Double> KNOWN = new HashMap<>();

  /** Sum over the elements of a parameter of the variance of their gradients. */
  private static double variance(Estimator estimator, String parameter, int batch) {
    return KNOWN.computeIfAbsent(
        List.of(estimator, parameter, batch), key -> drawn(estimator, parameter, batch));
  }

  private static double drawn(Estimator estimator, String parameter, int batch) {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.5);
    VariationalAffine layer =
        VariationalLayers.fresh(new AffineOp.Dense(6, 4, true), estimator, spec, Init.seeded(1));
    Var x = Var.constant(X.get(NDArrayIndex.interval(0, batch)).dup('c'));
    double[] sum = null;
    double[] squares = null;
    for (int draw = 0; draw < DRAWS; draw++) {
      Pass pass = Pass.train(Noise.seeded(8).split(draw));
      Var loss = Ops.mean(Ops.square(Activation.TANH.forward(layer.forward(x, pass), pass)));
      double[] g = Doubles.of(Gradients.of(loss).get(layer.parameters().get(parameter)));
      sum = sum == null ? new double[g.length] : sum;
      squares = squares == null ? new double[g.length] : squares;
      for (int i = 0; i < g.length; i++) {
        sum[i] += g[i];
        squares[i] += g[i] * g[i];
      }
    }
    double total = 0;
    for (int i = 0; i < sum.length; i++) {
      total += squares[i] / DRAWS - sum[i] / DRAWS * (sum[i] / DRAWS);
    }
    return total;
  }

  /** How many times smaller the variance is for the larger of two batches. */
  private static double fall(Estimator estimator, int small, int large) {
    return variance(estimator, "weight.mu", small) / variance(estimator, "weight.mu", large);
  }

  @Test
  void localReparameterizationFallsAsOneOverTheBatchSize() {
    assertThat(fall(Estimator.LOCAL_REPARAMETERIZATION, 1, LARGEST)).isBetween(200.0, 320.0);
    assertThat(fall(Estimator.LOCAL_REPARAMETERIZATION, 64, LARGEST)).isBetween(3.5, 4.5);
  }

  /** Not quite as 1/N: the sizes of the perturbations, unlike their signs, are shared. */
  @Test
  void flipoutFallsAlmostAsFast() {
    assertThat(fall(Estimator.FLIPOUT, 1, LARGEST)).isBetween(100.0, 320.0);
    assertThat(fall(Estimator.FLIPOUT, 64, LARGEST)).isBetween(2.5, 4.5);
  }

  @Test
  void reparameterizationFlattens() {
    assertThat(fall(Estimator.REPARAMETERIZATION, 1, LARGEST)).isLessThan(60);
    assertThat(fall(Estimator.REPARAMETERIZATION, 64, LARGEST)).isBetween(1.0, 2.0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"weight.mu", "weight.rho"})
  void theLargerTheBatchTheMoreItMattersWhoSharesTheNoise(String parameter) {
    double shared = variance(Estimator.REPARAMETERIZATION, parameter, LARGEST);
    double flipout = variance(Estimator.FLIPOUT, parameter, LARGEST);
    double local = variance(Estimator.LOCAL_REPARAMETERIZATION, parameter, LARGEST);
    assertThat(flipout).isLessThan(0.7 * shared);
    assertThat(local).isLessThan(0.7 * flipout);
  }

  /** One example has one draw whatever the estimator, so that mu's gradient is as noisy in each. */
  @Test
  void aSingleExampleGivesAllEstimatorsTheSameVariance() {
    double shared = variance(Estimator.REPARAMETERIZATION, "weight.mu", 1);
    for (Estimator estimator : Estimator.values()) {
      assertThat(variance(estimator, "weight.mu", 1)).isCloseTo(shared, within(0.1 * shared));
    }
  }
}
