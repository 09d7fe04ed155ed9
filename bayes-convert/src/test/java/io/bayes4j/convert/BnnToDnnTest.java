package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalLayer;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class BnnToDnnTest {
  private static final Init INIT = Init.seeded(1);
  private static final VariationalSpec SPEC = VariationalSpec.defaults();

  private static double[] mean(Layer model, INDArray x) {
    return Doubles.of(model.forward(Var.constant(x), Pass.mean()).value());
  }

  static Stream<Arguments> affine() {
    return DnnToBnnTest.kinds();
  }

  @ParameterizedTest
  @MethodSource("affine")
  void aKindComesBackWithItsOptionsAndTheMeans(Affine plain, long[] shape, Estimator estimator) {
    INDArray x = Samples.normals(3, shape);
    Layer bayesian = DnnToBnn.convert(plain, ConversionOptions.of(estimator)).model();
    Layers.parameters(bayesian).get("weight.mu").value().muli(1.25);
    double[] expected = mean(bayesian, x);

    Layer frozen = BnnToDnn.freeze(bayesian);

    assertThat(frozen.getClass()).isEqualTo(plain.getClass());
    assertThat(((Affine) frozen).op()).isEqualTo(plain.op());
    assertThat(mean(frozen, x)).isEqualTo(expected);
  }

  @Test
  void recurrentLayersComeBack() {
    RecurrentSpec spec = RecurrentSpec.of(3, 4).withLayers(2).withBidirectional().withoutBias();
    INDArray x = Samples.normals(4, 2, 5, 3);
    for (Layer plain : new Layer[] {new Lstm(spec, INIT), new Gru(spec, INIT)}) {
      double[] before = mean(plain, x);
      Layer bayesian = DnnToBnn.convert(plain, ConversionOptions.flipout()).model();
      Layer frozen = BnnToDnn.freeze(bayesian);
      assertThat(frozen.getClass()).isEqualTo(plain.getClass());
      assertThat(mean(frozen, x)).isEqualTo(before);
    }
  }

  @Test
  void namesTiesBuffersAndFrozenWeightsAreKept() {
    LinearFlipout tied = new LinearFlipout(4, 4, SPEC, INIT);
    Linear plain = new Linear(4, 4, INIT);
    BatchNorm1d norm = new BatchNorm1d(4);
    norm.buffers().get("running_mean").assign(0.3);
    Sequential model =
        Sequential.of(
            tied,
            norm,
            Activation.RELU,
            tied,
            plain,
            new LinearReparameterization(4, 2, SPEC, INIT));
    Layers.parameters(model).get("0.weight.mu").setTrainable(false);
    INDArray x = Samples.normals(5, 3, 4);
    double[] expected = mean(model, x);

    Layer frozen = BnnToDnn.freeze(model);

    assertThat(frozen).isSameAs(model);
    assertThat(mean(frozen, x)).isEqualTo(expected);
    assertThat(Kl.distributions(frozen)).isEmpty();
    assertThat(frozen.slots().get(0).layer()).isSameAs(frozen.slots().get(3).layer());
    assertThat(frozen.slots().get(1).layer()).isSameAs(norm);
    assertThat(frozen.slots().get(4).layer()).isSameAs(plain);
    assertThat(StateDict.of(frozen).keySet())
        .containsExactly(
            "0.weight",
            "0.bias",
            "1.weight",
            "1.bias",
            "1.running_mean",
            "1.running_var",
            "4.weight",
            "4.bias",
            "5.weight",
            "5.bias");
    assertThat(Layers.parameters(frozen).get("0.weight").trainable()).isFalse();
    assertThat(Layers.parameters(frozen).get("0.bias").trainable()).isTrue();
    assertThat(BnnToDnn.freeze(frozen)).isSameAs(frozen);
  }

  @Test
  void pyTorchsStateLoadsIntoTheFrozenNetwork() {
    Sequential model = Sequential.of(new LinearFlipout(3, 2, SPEC, INIT));
    Layer frozen = BnnToDnn.freeze(model);
    INDArray weight = Samples.normals(6, 2, 3);
    TorchStateDict.load(frozen, Map.of("0.weight", weight, "0.bias", Samples.normals(7, 2)));
    assertThat(Doubles.of(StateDict.of(frozen).get("0.weight"))).isEqualTo(Doubles.of(weight));
  }

  /** A Bayesian layer of a user's own. */
  private static final class Offset implements VariationalLayer {
    private final VariationalParameter offset =
        new VariationalParameter(
            GaussianPosterior.ofRho(Samples.normals(1, 2), -3), GaussianPrior.of(0, 1));

    @Override
    public Var forward(Var x, Pass pass) {
      return x;
    }

    @Override
    public Map<String, VariationalParameter> distributions() {
      return Map.of("offset", offset);
    }
  }

  /** A block whose slot takes flipout layers alone. */
  private static final class Strict extends Block {
    private final Slot<LinearFlipout> only =
        slot("only", LinearFlipout.class, new LinearFlipout(3, 2, SPEC, INIT));

    @Override
    public Var forward(Var x, Pass pass) {
      return only.forward(x, pass);
    }
  }

  @Test
  void whatCannotBeFrozenIsNamedAndNothingIsChanged() {
    LinearFlipout first = new LinearFlipout(3, 2, SPEC, INIT);
    for (Layer impossible : new Layer[] {new Offset(), new Strict()}) {
      Sequential model = Sequential.of(first, impossible);
      assertThatThrownBy(() -> BnnToDnn.freeze(model))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layer \"1");
      assertThat(model.slots().get(0).layer()).isSameAs(first);
    }
  }
}
