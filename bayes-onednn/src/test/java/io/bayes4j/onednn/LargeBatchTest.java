package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.LaplaceCovariance;
import io.bayes4j.layers.posterior.LastLayerLaplace;
import io.bayes4j.layers.posterior.Likelihood;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.MonteCarloDropout;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Of every predictor, an example alone and among a thousand has the same bits. */
class LargeBatchTest {
  private static final int EXAMPLES = 1000;
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.1);

  private final int before = Parallel.threads();

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  static Stream<Arguments> providers() {
    return Stream.of(
        Arguments.of("ND4J", Kernels.portable()), Arguments.of("oneDNN", new OneDnn()));
  }

  private static Sequential classifier(long seed) {
    Init init = Init.seeded(seed);
    return Sequential.of(
        new LinearFlipout(12, 40, SPEC, init),
        Activation.RELU,
        new Dropout(0.2),
        new Linear(40, 3, init));
  }

  private static Sequential plain() {
    Init init = Init.seeded(5);
    return Sequential.of(
        new Linear(12, 40, init), Activation.GELU, new Dropout(0.2), new Linear(40, 3, init));
  }

  private static Map<String, Predictor> predictors() throws IOException {
    INDArray x = Samples.normals(8, 30, 12);
    int[] labels = new int[30];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 3;
    }
    Dataset data = Dataset.of(x, labels, 3);
    Sequential plain = plain();
    SwagCollector swag = SwagCollector.of(plain).rank(2);
    Trainer.of(plain, Losses.crossEntropy(), data).epochs(3).listener(swag).build().fit();
    Map<String, Predictor> all = new LinkedHashMap<>();
    all.put("Monte Carlo", MonteCarlo.of(classifier(1)).samples(2));
    all.put("MC dropout", MonteCarloDropout.of(plain()).samples(3));
    all.put("ensemble", Ensemble.of(List.of(classifier(1), classifier(2))).samplesPerMember(2));
    all.put("SWAG", swag.posterior(data).samples(2));
    for (LaplaceCovariance covariance : LaplaceCovariance.values()) {
      LastLayerLaplace laplace =
          LastLayerLaplace.fit(plain, data, Likelihood.classes(), covariance).samples(3);
      all.put("Laplace " + covariance, laplace);
      all.put("probit " + covariance, laplace.probit());
      if (covariance == LaplaceCovariance.KRONECKER) {
        all.put("variance", laplace::variance);
        all.put("covariance", laplace::covariance);
      }
    }
    all.put("prepared", MonteCarlo.of(classifier(1)).samples(2).prepared());
    all.put("prepared ensemble", Ensemble.of(List.of(classifier(1), classifier(2))).prepared());
    all.put("prepared SWAG", swag.posterior(data).samples(2).prepared());
    return all;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("providers")
  void predictors(String name, KernelProvider kernels) throws IOException {
    INDArray x = Samples.normals(9, EXAMPLES, 12);
    predictors().forEach((key, way) -> assertSame(key, kernels, way::outputs, x));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("providers")
  void sequences(String name, KernelProvider kernels) {
    Init init = Init.seeded(2);
    RecurrentSpec deep = RecurrentSpec.of(8, 6).withLayers(2).withBidirectional();
    Map<String, Layer> models = new LinkedHashMap<>();
    models.put("embedding", new Embedding(9, 8, init));
    models.put("Bayesian embedding", new EmbeddingReparameterization(9, 8, SPEC, init));
    models.put(
        "LSTM",
        Sequential.of(new Embedding(9, 8, init), new LstmReparameterization(deep, SPEC, init)));
    models.put("GRU", Sequential.of(new Embedding(9, 8, init), new GruFlipout(deep, SPEC, init)));
    models.put(
        "attention",
        Sequential.of(
            new EmbeddingReparameterization(9, 8, SPEC, init),
            new MultiheadAttention(AttentionSpec.of(8, 2), init)));
    INDArray tokens = Samples.normals(1, EXAMPLES, 5);
    for (int i = 0; i < tokens.length(); i++) {
      tokens.data().put(i, i * 7L % 9);
    }
    models.forEach(
        (key, model) -> {
          MonteCarlo predictor = MonteCarlo.of(model).samples(2);
          assertSame(key, kernels, predictor::outputs, tokens);
          assertSame(key, kernels, predictor.batchSize(EXAMPLES)::outputs, tokens);
        });
  }

  private static void assertSame(
      String name, KernelProvider kernels, UnaryOperator<INDArray> way, INDArray x) {
    Parallel.setThreads(2);
    INDArray all = Kernels.with(kernels, () -> way.apply(x));
    int axis = all.size(0) == EXAMPLES ? 0 : 1;
    int threads = 0;
    for (int[] part : new int[][] {{0, 1}, {999, 1000}, {500, 502}, {17, 64}}) {
      Parallel.setThreads(threads++ % 3 + 1);
      INDArray some = x.get(NDArrayIndex.interval(part[0], part[1])).dup('c');
      INDArray alone = Kernels.with(kernels, () -> way.apply(some));
      INDArray expected =
          axis == 0
              ? all.get(NDArrayIndex.interval(part[0], part[1]))
              : all.get(NDArrayIndex.all(), NDArrayIndex.interval(part[0], part[1]));
      assertThat(FloatMemory.numbers(alone, "alone"))
          .as("%s, examples %d to %d", name, part[0], part[1])
          .isEqualTo(FloatMemory.numbers(expected.dup('c'), "expected"));
    }
  }
}
