package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What batch normalisation with options saves, and goes on with when it is loaded. */
final class BatchNormStateTest {
  private static final BatchNormSpec CUMULATIVE = BatchNormSpec.of(4).withCumulativeAverage();

  @TempDir private Path folder;

  private static Sequential network(long seed, BatchNormSpec spec) {
    return Sequential.of(
        new Linear(3, 4, Init.seeded(seed)),
        new BatchNorm1d(spec),
        new Linear(4, 2, Init.seeded(seed)));
  }

  private static Layer stepped(Layer model, int steps) {
    for (int step = 0; step < steps; step++) {
      Pass pass = Pass.train(Noise.seeded(step));
      pass.run(model, Var.constant(Samples.normals(step, 5, 3)));
      PassControl.commit(pass);
    }
    return model;
  }

  private static void assertSame(Layer actual, Layer expected) {
    Map<String, INDArray> numbers = StateDict.of(actual);
    assertThat(numbers.keySet()).isEqualTo(StateDict.of(expected).keySet());
    StateDict.of(expected)
        .forEach(
            (name, array) ->
                assertThat(Doubles.of(numbers.get(name))).as(name).isEqualTo(Doubles.of(array)));
  }

  @Test
  void aCumulativeAverageGoesOnWhereItWasSaved() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Layer saved = stepped(network(1, CUMULATIVE), 3);
    Checkpoint.save(saved, file, Map.of());
    Layer loaded = network(2, CUMULATIVE);

    Checkpoint.load(loaded, file);

    assertThat(StateDict.of(loaded).get("1.num_batches_tracked").getLong(0)).isEqualTo(3);
    assertSame(loaded, saved);
    assertSame(stepped(loaded, 2), stepped(saved, 2));
  }

  @Test
  void aResumedTrainingCountsOn() throws IOException {
    BatchNormSpec spec = CUMULATIVE.withoutAffine();
    Layer whole = network(1, spec);
    trainer(whole, 4).build().fit();
    Path file = folder.resolve("run.safetensors");
    trainer(network(1, spec), 2).checkpoint(file).build().fit();
    Layer resumed = network(1, spec);
    trainer(resumed, 4).checkpoint(file).resume().build().fit();
    assertSame(resumed, whole);
    assertThat(StateDict.of(whole).get("1.num_batches_tracked").getLong(0)).isEqualTo(8);
  }

  private static Trainer.Builder trainer(Layer model, int epochs) {
    Dataset data = Dataset.of(Samples.normals(1, 10, 3), Samples.normals(2, 10, 2));
    return Trainer.of(model, Losses.meanSquaredError(), data).batchSize(5).epochs(epochs);
  }

  @Test
  void aStateOfPytorchGivesItsCounterToCumulativeAveragesAlone() {
    Map<String, INDArray> state = StateDict.copyOf(stepped(network(1, CUMULATIVE), 3));
    assertThat(state.get("1.num_batches_tracked"))
        .satisfies(count -> assertThat(count.rank()).isZero())
        .satisfies(count -> assertThat(count.dataType()).isEqualTo(DataType.INT64));
    state.put("1.num_batches_tracked", Nd4j.scalar(7L));

    Layer cumulative = network(2, CUMULATIVE);
    TorchStateDict.load(cumulative, state);
    assertThat(StateDict.of(cumulative)).isEqualTo(state);
    Layer exponential = network(2, BatchNormSpec.of(4));
    TorchStateDict.load(exponential, state);
    Map<String, INDArray> uncounted = new LinkedHashMap<>(state);
    uncounted.remove("1.num_batches_tracked");
    assertThat(StateDict.of(exponential)).isEqualTo(uncounted);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TorchStateDict.load(cumulative, uncounted))
        .withMessageContaining("1.num_batches_tracked is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateDict.load(network(2, CUMULATIVE.withoutAffine()), state))
        .withMessageContaining("1.weight is not part of the model");
  }

  @Test
  void withoutParametersAndStatisticsNothingIsSaved() {
    BatchNormSpec bare = BatchNormSpec.of(4).withoutAffine().withoutRunningStatistics();
    assertThat(StateDict.of(network(1, bare)).keySet())
        .containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
  }
}
