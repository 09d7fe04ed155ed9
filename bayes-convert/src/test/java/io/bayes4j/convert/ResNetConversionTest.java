package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

final class ResNetConversionTest {
  @ParameterizedTest
  @EnumSource(Estimator.class)
  void convertsEveryConvolutionOfACifarNetworkAndKeepsItsMean(Estimator estimator) {
    Layer model = Zoo.cifarResNet(LayerFactory.deterministic(Init.seeded(1)), 20, 10);
    INDArray x = Samples.normals(2, 2, 3, 32, 32);
    INDArray before = mean(model, x);

    Conversion conversion = DnnToBnn.convert(model, ConversionOptions.of(estimator));

    assertThat(conversion.report().with(Outcome.CONVERTED)).hasSize(20);
    assertThat(conversion.report().with(Outcome.REFUSED)).isEmpty();
    assertThat(Layers.of(conversion.model())).noneMatch(place -> place.layer() instanceof Affine);
    assertThat(Kl.distributions(conversion.model())).hasSize(21);
    assertThat(mean(conversion.model(), x).toFloatMatrix()).isDeepEqualTo(before.toFloatMatrix());
  }

  @Test
  void convertsTheShortcutsOfAnImageNetNetwork() {
    Layer model = Zoo.imageNetResNet(LayerFactory.deterministic(Init.seeded(1)), 18, 10);

    Conversion conversion = DnnToBnn.convert(model, ConversionOptions.reparameterization());

    assertThat(conversion.report().with(Outcome.CONVERTED)).hasSize(21);
    assertThat(Kl.distributions(conversion.model()))
        .containsKeys("layer2.0.downsample.0.weight", "layer4.0.downsample.0.weight", "fc.bias");
  }

  private static INDArray mean(Layer model, INDArray x) {
    return Gradients.off(() -> Pass.mean().run(model, Var.constant(x)).value());
  }
}
