package io.bayes4j.layers.train;

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
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run holds what it held after its first epochs. */
final class TrainingMemoryTest {
  private static final int EPOCHS = 60;

  @TempDir private Path folder;

  @Test
  void epochsValidationsAndCheckpointsLeaveNothing() {
    NativeMemory.assertSteady(1, 1, this::run);
  }

  /** As many epochs as show an array that one of them leaves. */
  private void run() {
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
    try {
      Trainer.of(model, Losses.crossEntropy(), data)
          .batchSize(8)
          .epochs(EPOCHS)
          .checkpoint(folder.resolve("run.safetensors"))
          .validation(
              some -> {
                Prediction prediction =
                    MonteCarlo.of(some).samples(3).classify(Noise.seeded(2).normals(5, 6));
                return Map.of("information", prediction.mutualInformation().getDouble(0));
              })
          .build()
          .fit();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
