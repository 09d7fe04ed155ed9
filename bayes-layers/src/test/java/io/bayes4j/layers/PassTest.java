package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PassTest {
  private static double[] numbers(Noise noise) {
    return Doubles.of(noise.normals(4));
  }

  @Test
  void pathsAreNamesFromTheRootJoinedByDots() {
    Pass root = Pass.train(Noise.seeded(1));
    assertThat(root.path()).isEmpty();
    assertThat(root.at("layer1").path()).isEqualTo("layer1");
    assertThat(root.at("layer1").at("0").path()).isEqualTo("layer1.0");
    assertThat(root.at("layer1").at("0").mode()).isEqualTo(Mode.TRAIN);
  }

  @Test
  void noiseIsAFunctionOfThePassesNoiseThePathAndTheCallsBefore() {
    Pass one = Pass.sample(Noise.seeded(1));
    double[] here = numbers(one.at("a").at("b").noise());
    assertThat(numbers(Pass.sample(Noise.seeded(1)).at("a").at("b").noise())).isEqualTo(here);
    double[] second = numbers(one.at("a").at("b").noise());
    double[] third = numbers(one.at("a").at("b").noise());
    assertThat(second).isNotEqualTo(here);
    assertThat(third).isNotEqualTo(here).isNotEqualTo(second);
    Pass equal = Pass.sample(Noise.seeded(1));
    equal.at("a").at("b").noise();
    equal.at("c").noise();
    assertThat(numbers(equal.at("a").at("b").noise())).isEqualTo(second);
    assertThat(numbers(one.at("a").noise())).isNotEqualTo(here);
    assertThat(numbers(one.at("b").at("a").noise())).isNotEqualTo(here);
    assertThat(numbers(Pass.sample(Noise.seeded(2)).at("a").at("b").noise())).isNotEqualTo(here);
  }

  @ParameterizedTest
  @EnumSource
  void aModeSaysWhatIsRandom(Mode mode) {
    assertThat(Pass.of(mode, Noise.seeded(1)).mode()).isEqualTo(mode);
    assertThat(mode.drawsWeights()).isEqualTo(mode != Mode.MEAN);
    assertThat(mode.batchStatistics()).isEqualTo(mode == Mode.TRAIN);
    assertThat(mode.dropout()).isEqualTo(mode == Mode.TRAIN || mode == Mode.DROPOUT_SAMPLE);
    assertThat(mode.noisePerExample()).isEqualTo(mode == Mode.TRAIN);
  }

  @Test
  void whatIsDrawnOnceIsSharedByAllPlacesAndBatchesOfThePass() {
    Pass pass = Pass.sample(Noise.seeded(1));
    List<Integer> drawn = new ArrayList<>();
    Object key = new Object();
    assertThat(pass.at("a").once(key, () -> draw(drawn))).isEqualTo(1);
    assertThat(pass.at("b").once(key, () -> draw(drawn))).isEqualTo(1);
    assertThat(pass.forExamplesFrom(7).once(key, () -> draw(drawn))).isEqualTo(1);
    assertThat(pass.once(new Object(), () -> draw(drawn))).isEqualTo(2);
    assertThat(pass.watchedBy((path, layer, y) -> {}).once(key, () -> draw(drawn))).isEqualTo(3);
  }

  private static int draw(List<Integer> drawn) {
    drawn.add(0);
    return drawn.size();
  }

  @Test
  void keysOfDrawsAreComparedByIdentity() {
    Pass pass = Pass.sample(Noise.seeded(1));
    List<Integer> first = new ArrayList<>();
    List<Integer> equal = new ArrayList<>();
    assertThat(pass.once(first, () -> "one")).isEqualTo("one");
    assertThat(pass.once(equal, () -> "two")).isEqualTo("two");
  }

  @Test
  void keysThatAreDrawnAtOnePlaceHaveNoiseOfTheirOwn() {
    Pass pass = Pass.sample(Noise.seeded(1)).at("a");
    Object key = new Object();
    double[] first = pass.draw(key, PassTest::numbers);
    double[] second = pass.draw(new Object(), PassTest::numbers);
    assertThat(second).isNotEqualTo(first);
    assertThat(pass.draw(key, PassTest::numbers)).isSameAs(first);
    Pass equal = Pass.sample(Noise.seeded(1)).at("a");
    assertThat(equal.draw(new Object(), PassTest::numbers)).isEqualTo(first);
    assertThat(equal.draw(new Object(), PassTest::numbers)).isEqualTo(second);
  }

  @Test
  void examplesAreCountedFromWhereTheBatchBegins() {
    Pass pass = Pass.sample(Noise.seeded(1)).at("a");
    assertThat(pass.firstExample()).isZero();
    Pass later = pass.forExamplesFrom(40);
    assertThat(later.firstExample()).isEqualTo(40);
    assertThat(later.path()).isEqualTo("a");
    assertThat(numbers(later.noise())).isEqualTo(numbers(pass.noise()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pass.forExamplesFrom(-1))
        .withMessage("firstExample must be >= 0, got -1");
  }

  @Test
  void anObserverSeesWhatGoesIntoAndComesOutOfAttention() {
    TransformerEncoder encoder =
        new TransformerEncoder(TransformerSpec.of(8, 2), 2, true, Init.seeded(1));
    Set<String> in = new TreeSet<>();
    Set<String> out = new TreeSet<>();
    Pass.Observer observer =
        new Pass.Observer() {
          @Override
          public void runs(String path, Layer layer, List<Var> inputs) {
            in.add(path);
          }

          @Override
          public void saw(String path, Layer layer, Var output) {
            out.add(path);
          }
        };
    Var x = Var.constant(Noise.seeded(1).normals(2, 3, 8));
    Gradients.off(() -> encoder.encode(x, AttentionMask.causal(), Pass.mean().watchedBy(observer)));
    assertThat(in).isEqualTo(out);
    assertThat(out).contains("layers.1.self_attn", "layers.1.self_attn.out_proj", "layers.0");
    Set<String> slots = new TreeSet<>();
    Layers.of(encoder).forEach(place -> slots.add(place.path()));
    assertThat(out).as("all, of which one activation stands twice").containsAll(slots);
  }

  @Test
  void anObserverSeesEveryLayerAfterItsChildren() {
    Sequential model = Sequential.of(new Linear(3, 2, Init.seeded(1)), Activation.RELU);
    List<String> seen = new ArrayList<>();
    Pass pass =
        Pass.mean().watchedBy((path, layer, y) -> seen.add(path + "=" + y.value().length()));
    Var y = pass.run(model, Var.constant(Samples.normals(1, 4, 3)));
    assertThat(seen).containsExactly("0=8", "1=8", "=8");
    assertThat(y.shape()).containsExactly(4, 2);
  }

  @Test
  void updatesWaitForTheCommitAndRunOnceInOrder() {
    Pass pass = Pass.train(Noise.seeded(1));
    List<String> done = new ArrayList<>();
    pass.at("a").defer(() -> done.add("first"));
    pass.at("b").defer(() -> done.add("second"));
    assertThat(done).isEmpty();
    PassControl.commit(pass);
    PassControl.commit(pass);
    assertThat(done).containsExactly("first", "second");
  }
}
