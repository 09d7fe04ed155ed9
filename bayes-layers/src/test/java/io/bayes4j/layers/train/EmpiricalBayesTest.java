package io.bayes4j.layers.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.Priors;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmpiricalBayesTest {
  private static Layer model() {
    return new LinearReparameterization(3, 1, VariationalSpec.defaults(), Init.seeded(1));
  }

  private static Trainer.Builder run(Layer model, int epochs) {
    Dataset data = Dataset.of(Noise.seeded(1).normals(40, 3), Noise.seeded(2).normals(40, 1));
    return Trainer.of(model, Losses.gaussianNll(1), data)
        .epochs(epochs)
        .batchSize(10)
        .listener(EmpiricalBayes.of(model, 3));
  }

  private static double sigma(Layer model) {
    return ((GaussianPrior) Kl.distributions(model).get("weight").prior()).sigma().getDouble(0);
  }

  @Test
  void fitsPriorsFromItsEpochOn() throws IOException {
    Layer early = model();
    run(early, 2).build().fit();
    assertThat(sigma(early)).isEqualTo(1);
    Layer model = model();
    run(model, 3).build().fit();
    double sigma = sigma(model);
    assertThat(sigma).isNotEqualTo(1);
    Priors.fit(model);
    assertThat(sigma(model)).isEqualTo(sigma);
  }

  @Test
  void aResumedRunGoesOnWithTheFittedPriors(@TempDir Path folder) throws IOException {
    Layer whole = model();
    run(whole, 6).build().fit();
    Path file = folder.resolve("run.safetensors");
    run(model(), 4).checkpoint(file).build().fit();
    Layer resumed = model();
    run(resumed, 6).checkpoint(file).resume().build().fit();
    assertThat(sigma(resumed)).isEqualTo(sigma(whole));
    Layers.parameters(whole)
        .forEach(
            (path, p) ->
                assertThat(Doubles.of(Layers.parameters(resumed).get(path).value()))
                    .isEqualTo(Doubles.of(p.value())));
  }
}
