package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Sgd;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

/** How a run begins, is cut into steps, and ends. */
final class FitTest {
  private static final double[] FIGURES = {5, 3, 4, 2, 6, 7, 8, 9};

  @TempDir private Path folder;

  /** Says a figure for each epoch, by the validations made so far. */
  private static Validation figures(List<Map<String, double[]>> states) {
    return model -> {
      states.add(Runs.numbers(model));
      return Map.of("figure", FIGURES[states.size() - 1]);
    };
  }

  @Test
  void earlyStoppingRestoresTheBestWeights() throws IOException {
    for (int patience : new int[] {2, 20}) {
      List<Map<String, double[]>> states = new ArrayList<>();
      Sequential model = Runs.model();
      List<EpochRecord> history =
          Runs.trainer(model)
              .epochs(FIGURES.length)
              .validation(figures(states))
              .earlyStopping(new EarlyStopping("figure", patience))
              .build()
              .fit();
      assertThat(history).hasSize(patience == 2 ? 6 : FIGURES.length);
      Runs.assertSame(model, states.get(3));
    }
    List<Map<String, double[]>> states = new ArrayList<>();
    Sequential model = Runs.model();
    EarlyStopping last = new EarlyStopping("figure", 2).keepingLast();
    Runs.trainer(model).epochs(8).validation(figures(states)).earlyStopping(last).build().fit();
    Runs.assertSame(model, states.get(5));
  }

  @Test
  void theBestWeightsOutliveAResumption() throws IOException {
    for (int first : new int[] {2, 4, 5, 6}) {
      Path file = folder.resolve("run-" + first + ".safetensors");
      List<Map<String, double[]>> states = new ArrayList<>();
      EarlyStopping rule = new EarlyStopping("figure", 3);
      Runs.trainer(Runs.model())
          .epochs(first)
          .validation(figures(states))
          .earlyStopping(rule)
          .checkpoint(file)
          .build()
          .fit();
      Sequential resumed = Runs.model();
      List<EpochRecord> history =
          Runs.trainer(resumed)
              .epochs(8)
              .validation(figures(states))
              .earlyStopping(rule)
              .checkpoint(file)
              .resume()
              .build()
              .fit();
      assertThat(history).hasSize(7);
      Runs.assertSame(resumed, states.get(3));
    }
  }

  @Test
  void aTrainerFitsOnce() throws IOException {
    Trainer trainer = Runs.trainer(Runs.model()).epochs(1).build();
    trainer.fit();
    assertThatThrownBy(trainer::fit)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("fit() was called before, and a trainer trains once");
  }

  @Test
  void anInterruptStopsBetweenSteps() throws IOException {
    Sequential model = Runs.model();
    List<Map<String, double[]>> states = new ArrayList<>();
    TrainingListener interrupting =
        new TrainingListener() {
          @Override
          public void step(int epoch, int step, int steps, double loss) {
            states.add(Runs.numbers(model));
            if (epoch == 2 && step == 2) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try {
      assertThatThrownBy(() -> Runs.trainer(model).epochs(9).listener(interrupting).build().fit())
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("epoch 2, step 3: the thread was interrupted");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(states).hasSize(5);
    Runs.assertSame(model, states.get(4));
  }

  @Test
  void noBatchIsOfOneUnlessNothingElseIsPossible() throws IOException {
    for (int n = 1; n < 40; n++) {
      for (int size = 1; size < 9; size++) {
        BatchPlan plan = new BatchPlan(n, size, false, 1);
        List<Integer> seen = new ArrayList<>();
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        for (int step = 0; step < plan.steps(); step++) {
          for (int[] batch : plan.of(step, order)) {
            assertThat(batch.length).isBetween(n == 1 || size == 1 ? 1 : 2, Math.max(size, 3));
            Arrays.stream(batch).forEach(seen::add);
          }
        }
        assertThat(seen).hasSize(n).doesNotHaveDuplicates();
      }
    }
    assertThat(Runs.trainer(Runs.model(), Runs.data(25, 1)).batchSize(2).build().fit()).hasSize(2);
  }

  @Test
  void dropLastMakesFullBatchesOfOtherExamplesInEachEpoch() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    Dataset data = Runs.data(27, 1);
    Dataset watched =
        new Dataset() {
          @Override
          public int size() {
            return data.size();
          }

          @Override
          public Batch batch(int... indices) {
            sizes.add(indices.length);
            Arrays.stream(indices).forEach(seen::add);
            return data.batch(indices);
          }
        };
    Runs.trainer(Runs.model(), watched).epochs(6).batchSize(8).dropLast().build().fit();
    assertThat(sizes).hasSize(18).containsOnly(8);
    assertThat(seen).hasSize(27);
    assertThatThrownBy(() -> Runs.trainer(Runs.model()).batchSize(25).dropLast().build())
        .hasMessageContaining("dropLast() needs data of at least one batch of 25 examples, got 24");
  }

  private static Sequential plain() {
    Init init = Init.seeded(5);
    return Sequential.of(new Linear(3, 6, init), Activation.TANH, new Linear(6, 2, init));
  }

  @Test
  void accumulatedGradientsAreThoseOfOneBatch() throws IOException {
    Sequential whole = plain();
    Sequential parts = plain();
    List<Integer> steps = new ArrayList<>();
    TrainingListener counting =
        new TrainingListener() {
          @Override
          public void step(int epoch, int step, int ofEpoch, double loss) {
            steps.add(ofEpoch);
          }
        };
    Dataset data = Runs.data(23, 1);
    List<EpochRecord> expected =
        Runs.trainer(whole, data).batchSize(23).optimizer(p -> new Sgd(p, 0.9, 0)).build().fit();
    List<EpochRecord> history =
        Runs.trainer(parts, data)
            .batchSize(8)
            .accumulate(3)
            .optimizer(p -> new Sgd(p, 0.9, 0))
            .listener(counting)
            .build()
            .fit();
    assertThat(steps).containsExactly(1, 1);
    Map<String, double[]> numbers = Runs.numbers(whole);
    Runs.numbers(parts)
        .forEach(
            (name, values) -> assertThat(values).containsExactly(numbers.get(name), within(1e-6)));
    for (int i = 0; i < 2; i++) {
      assertThat(history.get(i).loss()).isCloseTo(expected.get(i).loss(), within(1e-6));
      assertThat(history.get(i).gradientNorm())
          .isCloseTo(expected.get(i).gradientNorm(), within(1e-6));
      assertThat(history.get(i).training().get("accuracy"))
          .isCloseTo(expected.get(i).training().get("accuracy"), within(1e-12));
    }
  }

  @Test
  void accumulationTrainsABayesianModelAndResumes() throws IOException {
    Path file = folder.resolve("run.safetensors");
    Sequential whole = Runs.model();
    List<EpochRecord> expected = Runs.trainer(whole).epochs(3).accumulate(2).build().fit();
    Runs.trainer(Runs.model()).epochs(1).accumulate(2).checkpoint(file).build().fit();
    Sequential resumed = Runs.model();
    Runs.trainer(resumed).epochs(3).accumulate(2).checkpoint(file).resume().build().fit();
    Runs.assertSame(resumed, Runs.numbers(whole));
    assertThat(expected.get(0).kl()).isPositive();
    assertThat(expected.get(0).loss())
        .isCloseTo(expected.get(0).negativeLogLikelihood() + expected.get(0).kl(), within(1e-5));
  }

  @Test
  void aLossThatIsNoScalarIsNamed() {
    Loss perExample = (y, t) -> Ops.sum(y, 1);
    assertThatThrownBy(() -> Trainer.of(Runs.model(), perExample, Runs.data(24, 1)).build().fit())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loss must be a scalar, the mean over the examples of the batch, got")
        .hasMessageContaining("shape [24");
    Loss nothing = (y, t) -> null;
    assertThatThrownBy(() -> Trainer.of(Runs.model(), nothing, Runs.data(24, 1)).build().fit())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loss must be a scalar");
    Var vector = Var.constant(Nd4j.ones(3));
    Var zero = Var.constant(0);
    assertThatThrownBy(() -> Elbo.of(5).loss(List.of(vector), zero, 0))
        .hasMessageContaining("each negative log-likelihood must be a scalar");
    assertThatThrownBy(() -> Elbo.of(5).loss(List.of(zero), vector, 0))
        .hasMessageContaining("kl must be a scalar");
  }

  private static List<String> warnings(Trainer.Builder trainer) throws IOException {
    List<String> warnings = new ArrayList<>();
    TrainingListener hearer =
        new TrainingListener() {
          @Override
          public void warning(String message) {
            warnings.add(message);
          }
        };
    trainer.listener(TrainingListener.SILENT.and(hearer)).build().fit();
    return warnings;
  }

  @Test
  void aDivergenceThatHardlyCountsIsSaidOnce() throws IOException {
    assertThat(warnings(Runs.trainer(Runs.model()))).isEmpty();
    assertThat(warnings(Runs.trainer(Runs.model()).beta(0.1))).isEmpty();
    assertThat(warnings(Runs.trainer(plain()).beta(1.0 / 24))).isEmpty();
    assertThat(warnings(Runs.trainer(Runs.model()).beta(0))).isEmpty();
    assertThat(warnings(Runs.trainer(Runs.model()).beta(1.0 / 24)))
        .singleElement()
        .asString()
        .contains("1 / (number of examples)", "is it scaled twice?");
    assertThat(warnings(Runs.trainer(Runs.model()).beta(1e-7)))
        .singleElement()
        .asString()
        .contains("below 1e-06 of the loss");
    Loss summed = (y, t) -> Ops.scale(Losses.crossEntropy().of(y, t), 1e7);
    Trainer.Builder sums =
        Trainer.of(Runs.model(), summed, Runs.data(24, 1)).epochs(2).learningRate(1e-5);
    assertThat(warnings(sums)).singleElement().asString().contains("not a sum");
  }
}
