package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.NativeMemory;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run holds what it held after its first epochs. */
final class TrainingMemoryTest {
  private static final int EARLY = 50;

  /** Of three steps each. */
  private static final int EPOCHS = 700;

  private static final long SLACK = 1 << 20;
  private static final long SLACK_OF_ARRAYS = 50;

  @TempDir private Path folder;

  @Test
  void twoThousandStepsWithValidationAndCheckpointsLeaveNothing() throws IOException {
    List<NativeMemory.Held> readings = new ArrayList<>();
    Init init = Init.seeded(1);
    VariationalSpec spec = VariationalSpec.defaults();
    Layer model =
        Sequential.of(
            new LinearReparameterization(6, 16, spec, init),
            new BatchNorm1d(16),
            Activation.RELU,
            new Dropout(0.1),
            new LinearFlipout(16, 3, spec, init));
    Dataset data = Dataset.of(Noise.seeded(1).normals(24, 6), new int[24], 3);
    Trainer.of(model, Losses.crossEntropy(), data)
        .batchSize(8)
        .epochs(EPOCHS)
        .checkpoint(folder.resolve("run.safetensors"))
        .validation(TrainingMemoryTest::information)
        .listener(
            new TrainingListener() {
              @Override
              public void epoch(EpochRecord record) {
                if (record.epoch() == EARLY || record.epoch() == EPOCHS) {
                  readings.add(NativeMemory.settled());
                }
              }
            })
        .build()
        .fit();
    assertThat(readings).hasSize(2);
    assertThat(readings.get(1).bytes()).isLessThan(readings.get(0).bytes() + SLACK);
    assertThat(readings.get(1).arrays()).isLessThan(readings.get(0).arrays() + SLACK_OF_ARRAYS);
  }

  private static Map<String, Double> information(Layer model) {
    Prediction prediction = MonteCarlo.of(model).samples(3).classify(Noise.seeded(2).normals(5, 6));
    return Map.of("information", prediction.mutualInformation().getDouble(0));
  }
}
