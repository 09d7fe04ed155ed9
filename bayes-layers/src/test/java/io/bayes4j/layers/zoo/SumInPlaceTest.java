package io.bayes4j.layers.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A residual block's sum may take the memory of its input: never where somebody reads it. */
class SumInPlaceTest {
  private static final ConvSpec CONV = ConvSpec.conv2d(4, 4, 3).withPadding(1).withoutBias();
  private static final Noise NOISE = Noise.seeded(3);

  private final INDArray x = Noise.seeded(2).normals(3, 4, 6, 6);

  private static Layer conv(int seed) {
    return new Conv2dReparameterization(CONV, VariationalSpec.defaults(), Init.seeded(seed));
  }

  private static ResidualBlock block(Layer shortcut) {
    LayerFactory layers =
        LayerFactory.variational(
            Estimator.REPARAMETERIZATION, VariationalSpec.defaults(), Init.seeded(7));
    return new ResidualBlock(layers, List.of(CONV, CONV), "shortcut", shortcut);
  }

  private static ResidualBlock block() {
    return block(new Identity());
  }

  /** Runs a layer in a slot or directly, then does something with its own input and the result. */
  private static final class Reading extends Block {
    private final Slot<Layer> inner;
    private final boolean direct;

    Reading(Layer inner, boolean direct) {
      this.inner = slot("inner", inner);
      this.direct = direct;
    }

    @Override
    public Var forward(Var x, Pass pass) {
      Var y = direct ? inner.layer().forward(x, pass) : inner.forward(x, pass);
      return Ops.sub(Ops.scale(y, 2), x);
    }
  }

  /** Another Var of the same array, random so that it is settled for no pass. */
  private static final Layer ALIAS =
      (x, pass) -> {
        pass.noise();
        return Var.constant(x.value());
      };

  static Stream<Named<Layer>> models() {
    return Stream.of(
        Named.of("blocks in a chain", Sequential.of(conv(1), block(), block(), block())),
        Named.of("one after a nested chain", Sequential.of(Sequential.of(conv(1)), block())),
        Named.of(
            "one that begins a nested chain",
            Sequential.of(conv(1), Sequential.of(new Identity(), block(), new Identity()))),
        Named.of("a convolved shortcut", Sequential.of(conv(1), block(conv(2)), block(conv(3)))),
        Named.of("an input that is read again", chainThatIsReadBehind(block())),
        Named.of(
            "an input that is read again, through others",
            chainThatIsReadBehind(Sequential.of(new Identity(), block()))),
        Named.of(
            "an alias of an input that is read again",
            chainThatIsReadBehind(Sequential.of(ALIAS, block()))),
        Named.of(
            "a shortcut that is an alias of an input that is read again",
            chainThatIsReadBehind(block(ALIAS))),
        Named.of(
            "a block that is called directly",
            Sequential.of(conv(1), new Reading(block(), true), block())),
        Named.of("the network's input", block()),
        Named.of("an alias of the network's input", Sequential.of(ALIAS, block(), block())),
        Named.of(
            "a settled input",
            Sequential.of(new Conv2d(CONV, Init.seeded(1)), new Identity(), block(), block())),
        Named.of(
            "an alias of a settled input",
            Sequential.of(new Conv2d(CONV, Init.seeded(1)), ALIAS, block(), block())));
  }

  private static Sequential chainThatIsReadBehind(Layer inner) {
    return Sequential.of(conv(1), new Reading(inner, false), block());
  }

  private static double[] run(Layer model, INDArray x) {
    return Doubles.of(
        Gradients.off(() -> Pass.sample(NOISE).run(model, Var.constant(x)).value().dup('c')));
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheSameBits(Layer model) {
    double[] before = Doubles.of(x);
    // Without an arena nothing is ever overwritten.
    double[] expected = run(model, x);
    Arena arena = new Arena();
    for (int i = 0; i < 2; i++) {
      assertThat(arena.scope(() -> run(model, x))).isEqualTo(expected);
    }
    assertThat(Doubles.of(x)).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("models")
  void changesNoSampleOfAPrediction(Layer model) {
    Noise noise = Noise.seeded(0).split("predict");
    List<Double> expected = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      Pass pass = Pass.sample(noise.split(s));
      INDArray y = Gradients.off(() -> pass.run(model, Var.constant(x)).value().dup('c'));
      for (double value : Doubles.of(y)) {
        expected.add(value);
      }
    }
    double[] values = expected.stream().mapToDouble(v -> v).toArray();
    INDArray actual = MonteCarlo.of(model).samples(3).outputs(x);
    assertThat(Doubles.of(actual)).containsExactly(values, within(1e-5));
  }

  @Test
  void leavesEverythingToObservers() {
    Sequential model = Sequential.of(conv(1), block(), block());
    List<Var> seen = new ArrayList<>();
    List<double[]> values = new ArrayList<>();
    Pass.Observer observer =
        (path, layer, output) -> {
          seen.add(output);
          values.add(Doubles.of(output.value()));
        };
    new Arena()
        .scope(
            () -> {
              Pass pass = Pass.sample(NOISE).watchedBy(observer);
              Gradients.off(() -> pass.run(model, Var.constant(x)));
              for (int i = 0; i < seen.size(); i++) {
                assertThat(Doubles.of(seen.get(i).value())).isEqualTo(values.get(i));
              }
            });
    assertThat(seen).hasSizeGreaterThan(3);
  }

  @Test
  void leavesWhatIsRecordedForTheGradient() {
    Sequential model = Sequential.of(conv(1), block(), block());
    double[] expected = inputGradient(model);
    assertThat(new Arena().scope(() -> inputGradient(model))).isEqualTo(expected);
  }

  private double[] inputGradient(Layer model) {
    Var in = Var.leaf(x);
    return Doubles.of(Gradients.of(Ops.sum(Pass.sample(NOISE).run(model, in))).get(in));
  }
}
