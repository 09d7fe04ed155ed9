package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.convert.BnnToDnn;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineLayer;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.VariationalAffineLayer;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kind of layer, an operation and a prior, each in one class of the user's own. */
class ExtendingSnippetsTest {
  private static final INDArray X = Samples.normals(1, 5, 4);

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void anOwnKindHasTheGradientsOfEveryEstimator(Estimator estimator) {
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.3);
    VariationalAffineLayer layer =
        new VariationalAffineLayer(new ExtendingSnippets.Gain(4), estimator, spec, Init.seeded(3));
    List<Var> leaves = new ArrayList<>(List.of(Var.leaf(X.dup())));
    layer.parameters().values().forEach(parameter -> leaves.add(parameter.var()));

    GradientCheck.of(() -> layer.forward(leaves.get(0), Pass.train(Noise.seeded(9))))
        .elements(4)
        .run(leaves.toArray(Var[]::new));
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void anOwnKindHasTheMomentsOfALinearMap(Estimator estimator) {
    int draws = 2000;
    double sigma = 0.3;
    VariationalAffineLayer layer =
        new VariationalAffineLayer(
            new ExtendingSnippets.Gain(4),
            estimator,
            VariationalSpec.defaults().withInitialSigma(sigma),
            Init.seeded(3));
    INDArray x = X.getRow(0, true).dup();
    double[] mean = Doubles.of(layer.forward(Var.constant(x), Pass.mean()).value());
    double[] sum = new double[4];
    double[] squares = new double[4];
    for (int draw = 0; draw < draws; draw++) {
      double[] y = Doubles.of(MonteCarlo.of(layer).samples(1).seed(draw).outputs(x));
      for (int i = 0; i < y.length; i++) {
        sum[i] += y[i] - mean[i];
        squares[i] += (y[i] - mean[i]) * (y[i] - mean[i]);
      }
    }
    double[] in = Doubles.of(x);
    for (int i = 0; i < in.length; i++) {
      double variance = sigma * sigma * (in[i] * in[i] + 1);
      assertThat(sum[i] / draws).isCloseTo(0, within(5 * Math.sqrt(variance / draws)));
      assertThat(squares[i] / draws)
          .isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / draws)));
    }
  }

  @Test
  void anOwnKindIsConvertedThereAndBackSavedAndLeftFloat(@TempDir Path folder) throws IOException {
    Layer plain = ExtendingSnippets.plain();
    INDArray expected = plain.forward(Var.constant(X), Pass.mean()).value().dup();
    Layer model = ExtendingSnippets.bayesian(plain);

    assertThat(Kl.distributions(model).keySet())
        .contains("0.1.weight", "0.1.bias", "1.weight", "1.bias");
    Layer converted = ((Sequential) model).slots().get(0).layer();
    Doubles.assertClose(
        "mean", converted.forward(Var.constant(X), Pass.mean()).value(), expected, 1e-6);
    Path file = folder.resolve("model.safetensors");
    Checkpoint.save(model, file);
    Layer other = ExtendingSnippets.bayesian(ExtendingSnippets.plain());
    Checkpoint.load(other, file);
    assertThat(MonteCarlo.of(other).samples(3).outputs(X))
        .isEqualTo(MonteCarlo.of(model).samples(3).outputs(X));
    Layer back = BnnToDnn.freeze(converted);
    assertThat(Layers.of(back)).anyMatch(place -> place.layer() instanceof AffineLayer);
    Doubles.assertClose("back", back.forward(Var.constant(X), Pass.mean()).value(), expected, 1e-6);
    Quantization quantized = Quantizer.quantizeInPlace(model, QuantizationOptions.defaults());
    assertThat(quantized.report().with(LayerQuantization.Outcome.QUANTIZED))
        .extracting(LayerQuantization::path)
        .containsExactly("0.0");
  }

  @Test
  void anOwnOperationTakesPartInTheTapeAndThePlan() {
    GradientCheck.check(v -> ExtendingSnippets.softsign(v[0]), Samples.normals(2, 3, 4));
    Var planned =
        Plan.scope(
            () ->
                Activation.RELU.forward(ExtendingSnippets.softsign(Var.constant(X)), Pass.mean()));
    double[] in = Doubles.of(X);
    for (int i = 0; i < in.length; i++) {
      double expected = Math.max(0, in[i] / (1 + Math.abs(in[i])));
      assertThat(Doubles.of(planned.value())[i]).isCloseTo(expected, within(1e-6));
    }
    assertThat(Layout.of(planned.value())).isEqualTo(Layout.ROW_MAJOR);
  }

  /** d/dw of |w| / scale is 1 / scale, away from zero. */
  @Test
  void anOwnPriorPullsWeightsToZero() {
    VariationalSpec spec =
        VariationalSpec.defaults()
            .withPrior(new ExtendingSnippets.LaplacePrior(0.1))
            .withInitialSigma(1e-3);
    VariationalAffineLayer layer =
        new VariationalAffineLayer(
            new ExtendingSnippets.Gain(64), Estimator.REPARAMETERIZATION, spec, Init.seeded(4));
    Parameter mu = layer.distributions().get("weight").posterior().mu();
    double[] gradient = Doubles.of(Gradients.of(Kl.of(layer, Noise.seeded(5))).get(mu));
    double[] weights = Doubles.of(mu.value());
    for (int i = 0; i < weights.length; i++) {
      if (Math.abs(weights[i]) > 0.01) {
        assertThat(gradient[i]).isCloseTo(Math.signum(weights[i]) / 0.1, within(0.1));
      }
    }
  }
}
