package io.bayes4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.CoreExamples;
import io.bayes4j.core.testing.sweep.CoreSweep;
import org.junit.jupiter.api.Test;

/** Wrong arguments where oneDNN computes. */
final class OneDnnSweepTest {
  @Test
  void everyWrongArgumentOfItsOwnIsNamed() {
    ArgumentSweep sweep =
        new ArgumentSweep(OneDnn.class, CoreExamples.types().shared().put("OneDnn", OneDnn::new));
    for (String operation :
        new String[] {
          "addInto",
          "addScaled",
          "avgPool",
          "batchNorm",
          "cast",
          "channel",
          "conv",
          "flipout",
          "inLayout",
          "joinsFlipout",
          "linear",
          "logSoftmax",
          "matmul",
          "maxPool",
          "prepare",
          "rowProducts",
          "softmax"
        }) {
      sweep.without("OneDnn." + operation + "*", "Kernels checks the operands: see the other test");
    }
    sweep.run();

    assertThat(sweep.findings()).isEmpty();
    assertThat(sweep.triples()).as("calls with a wrong argument").isPositive();
  }

  /** Nobody calls kernels but through {@link Kernels}, which checks what they are given. */
  @Test
  void everyWrongArgumentOfTheCoreIsNamedOnOneDnn() {
    assertThat(Kernels.provider()).isInstanceOf(OneDnn.class);

    ArgumentSweep sweep =
        CoreSweep.sweep()
            .allow("Kernels.batchNorm(x) type BFLOAT16", "rounded activations, which it reads");

    assertThat(sweep.run().findings()).isEmpty();
  }
}
