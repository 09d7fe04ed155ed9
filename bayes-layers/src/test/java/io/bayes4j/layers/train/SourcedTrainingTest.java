package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Training by gradients that parts of the data compute. */
class SourcedTrainingTest {
  private static final int EXAMPLES = 24;
  private static final float[] INPUTS =
      FloatMemory.numbers(Noise.seeded(4).normals(EXAMPLES, 3), "inputs");

  private static Dataset rows(int from, int to) {
    int[] labels = IntStream.range(from, to).map(row -> INPUTS[3 * row] > 0 ? 1 : 0).toArray();
    float[] inputs = Arrays.copyOfRange(INPUTS, 3 * from, 3 * to);
    return Dataset.of(Detached.of(inputs, to - from, 3), labels, 2);
  }

  private static Sequential plain() {
    Init init = Init.seeded(2);
    return Sequential.of(new Linear(3, 4, init), Activation.RELU, new Linear(4, 2, init));
  }

  private static Sequential bayesian() {
    Init init = Init.seeded(2);
    VariationalSpec spec = VariationalSpec.defaults();
    return Sequential.of(
        new LinearReparameterization(3, 4, spec, init),
        Activation.RELU,
        new LinearReparameterization(4, 2, spec, init));
  }

  /** Parts that begin at the given rows, each with a network of its own. */
  private static GradientSource parts(Layer model, Supplier<Sequential> maker, int... starts) {
    List<Sequential> networks = new ArrayList<>();
    List<PartStep> steps = new ArrayList<>();
    for (int part = 0; part < starts.length; part++) {
      int end = part + 1 < starts.length ? starts[part + 1] : EXAMPLES;
      networks.add(maker.get());
      Trainer.Builder own = Runs.trainer(networks.get(part), rows(starts[part], end));
      steps.add(new PartStep(own, part, starts.length));
    }
    return place -> {
      networks.forEach(network -> StateDict.load(network, StateDict.copyOf(model)));
      return StepGradients.mean(steps.stream().map(step -> step.at(place)).toList());
    };
  }

  private static Trainer.Builder wholeSteps(Layer model) {
    return Runs.trainer(model, rows(0, EXAMPLES)).batchSize(EXAMPLES).epochs(12);
  }

  /** Sums are rounded in another order, of which Adam makes up to a step of 0.02 at first. */
  @Test
  void partsOfAnySizeLearnWhatAllExamplesSay() throws IOException {
    Sequential whole = plain();
    List<EpochRecord> expected = wholeSteps(whole).build().fit();
    Sequential model = plain();
    List<EpochRecord> epochs =
        wholeSteps(model)
            .gradients(parts(model, SourcedTrainingTest::plain, 0, 5, 7))
            .build()
            .fit();
    assertThat(epochs).hasSameSizeAs(expected);
    for (int i = 0; i < epochs.size(); i++) {
      assertThat(epochs.get(i).loss()).isCloseTo(expected.get(i).loss(), within(1e-5));
      assertThat(epochs.get(i).training()).containsOnlyKeys(expected.get(i).training().keySet());
      assertThat(epochs.get(i).gradientNorm())
          .isCloseTo(expected.get(i).gradientNorm(), within(1e-4));
    }
    Map<String, double[]> numbers = Runs.numbers(model);
    Runs.numbers(whole)
        .forEach(
            (name, row) ->
                assertThat(numbers.get(name)).as(name).containsExactly(row, within(1e-4)));
  }

  @Test
  void aPartAnswersWithTheGradientOfItsOwnDraw() {
    Sequential model = bayesian();
    StepPlace place = new StepPlace(1, 1, 1, 5, 6);
    StepGradients answer = new PartStep(Runs.trainer(model, rows(0, 8)), 1, 2).at(place);
    Sequential other = bayesian();
    Batch batch = rows(0, 8).batch(IntStream.range(0, 8).toArray());
    Pass pass = Pass.train(Noise.seeded(6).split("part").split(1).split(0));
    Var loss =
        Losses.crossEntropy().of(pass.run(other, Var.constant(batch.inputs())), batch.targets());
    Gradients expected = Gradients.of(loss);
    assertThat(answer.examples()).isEqualTo(8);
    assertThat(answer.loss()).isCloseTo(loss.item(), within(1e-6));
    for (Map.Entry<String, Parameter> entry : Layers.parameters(other).entrySet()) {
      float[] row = FloatMemory.numbers(expected.get(entry.getValue()), "gradient");
      assertThat(answer.gradients().get(entry.getKey()))
          .as(entry.getKey())
          .containsExactly(row, within(1e-6f));
    }
    StepGradients first = new PartStep(Runs.trainer(model, rows(0, 8)), 0, 2).at(place);
    assertThat(first.gradients().get("0.weight.mu"))
        .isNotEqualTo(answer.gradients().get("0.weight.mu"));
  }

  /** Where the examples say nothing, the posterior goes to the prior. */
  @Test
  void theTrainerAddsTheDivergence() throws IOException {
    Sequential model = bayesian();
    StepGradients silent = new StepGradients(4, 0.5, Map.of(), Map.of(), Map.of());
    List<EpochRecord> epochs =
        Runs.trainer(model, rows(0, EXAMPLES))
            .batchSize(EXAMPLES)
            .epochs(400)
            .gradients(place -> silent)
            .build()
            .fit();
    assertThat(epochs.get(0).loss()).isCloseTo(0.5 + epochs.get(0).kl(), within(1e-6));
    assertThat(epochs.get(399).kl()).isLessThan(1e-3).isLessThan(epochs.get(0).kl() / 100);
  }

  private static Sequential normed() {
    return Sequential.of(new BatchNorm1d(3), new Linear(3, 2, Init.seeded(2)));
  }

  @Test
  void runningStatisticsAreMeansOfTheParts() throws IOException {
    Sequential model = normed();
    Runs.trainer(model, rows(0, EXAMPLES))
        .batchSize(EXAMPLES)
        .epochs(1)
        .gradients(parts(model, SourcedTrainingTest::normed, 0, 6))
        .build()
        .fit();
    double[] found = Runs.numbers(model).get("0.running_mean");
    for (int k = 0; k < 3; k++) {
      double sum = 0;
      for (int row = 0; row < EXAMPLES; row++) {
        sum += INPUTS[3 * row + k];
      }
      assertThat(found[k]).isCloseTo(0.1 * sum / EXAMPLES, within(1e-6));
    }
  }

  @Test
  void everyExampleIsTakenOnceInAnEpoch() {
    for (int steps : new int[] {1, 3, 8, 11}) {
      int[] seen = new int[8];
      AtomicInteger batches = new AtomicInteger();
      PartStep part = new PartStep(Runs.trainer(plain(), counting(seen, batches)), 0, 2);
      int examples = 0;
      for (int step = 1; step <= steps; step++) {
        examples += part.at(new StepPlace(2, step, steps, 7, step)).examples();
      }
      assertThat(examples).isEqualTo(8);
      assertThat(batches).hasValue(Math.min(steps, 8));
      assertThat(seen).containsOnly(1);
    }
  }

  private static Dataset counting(int[] seen, AtomicInteger batches) {
    Dataset rows = rows(0, 8);
    return new Dataset() {
      @Override
      public int size() {
        return rows.size();
      }

      @Override
      public Batch batch(int... indices) {
        batches.incrementAndGet();
        Arrays.stream(indices).forEach(index -> seen[index]++);
        return rows.batch(indices);
      }
    };
  }

  private static void assertRefused(StepGradients answer, String message) {
    Sequential model = normed();
    Map<String, double[]> before = Runs.numbers(model);
    Trainer trainer = Runs.trainer(model, rows(0, EXAMPLES)).gradients(place -> answer).build();
    assertThatThrownBy(trainer::fit).hasMessageContaining(message);
    Runs.assertSame(model, before);
  }

  private static StepGradients answer(double loss, String path, float... row) {
    boolean buffer = path.contains("running");
    return new StepGradients(
        1,
        loss,
        buffer ? Map.of() : Map.of(path, row),
        buffer ? Map.of(path, row) : Map.of(),
        Map.of());
  }

  @Test
  void answersThatAreNotTheModelsChangeNothing() {
    assertRefused(
        StepGradients.mean(List.of(answer(1, "2.weight", 1))), "which trains no 2.weight");
    assertRefused(answer(1, "1.bias", 1), "1.bias must have 2 numbers, got 1");
    assertRefused(answer(Double.NaN, "1.bias", 1, 1), "epoch 1, step 1: the loss is not finite");
    assertRefused(answer(1, "1.bias", 1, Float.NaN), "epoch 1, step 1");
    assertRefused(answer(1, "0.running_mean", 1, 1, Float.NaN), "0.running_mean would be NaN");
    assertRefused(StepGradients.none(), "gradients must be of some examples, got none");
    assertThatThrownBy(() -> StepGradients.mean(List.of(StepGradients.none())))
        .hasMessage("parts must have examples, got none");
    assertThatThrownBy(() -> StepGradients.mean(List.of(answer(1, "a", 1), answer(1, "a", 1, 2))))
        .hasMessage("parts must have a of one length, got 1 and 2");
    assertThatThrownBy(() -> new PartStep(Runs.trainer(plain()), 2, 2))
        .hasMessage("number must be in [0, 2), got 2");
    assertThatThrownBy(() -> new StepPlace(1, 3, 2, 0, 0))
        .hasMessage("step must be at most steps, 2, got 3");
    assertThatThrownBy(
            () -> Runs.trainer(plain()).dropLast().gradients(place -> StepGradients.none()).build())
        .hasMessageStartingWith("dropLast() does not go together with gradients from elsewhere");
  }
}
