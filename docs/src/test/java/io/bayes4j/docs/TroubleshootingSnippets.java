package io.bayes4j.docs;

import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.optim.Schedule;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.EpochRecord;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.util.List;

/** What docs/troubleshooting.md shows; each region is a block of code there. */
final class TroubleshootingSnippets {
  private TroubleshootingSnippets() {}

  static VariationalSpec narrow() {
    // region prior
    VariationalSpec spec =
        VariationalSpec.defaults().withPrior(GaussianPrior.of(0, 0.1)).withInitialSigma(0.01);
    // endregion
    return spec;
  }

  static List<EpochRecord> warmUp(Layer model, Dataset data) throws IOException {
    // region warm-up
    Trainer trainer =
        Trainer.of(model, Losses.crossEntropy(), data)
            .beta(Schedule.linear(0, 1, 5)) // the divergence counts in full from epoch 6 on
            .clipNorm(10)
            .build();
    List<EpochRecord> history = trainer.fit();
    // endregion
    return history;
  }
}
