package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.io.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosteriorsTest {
  private static Sequential model(long seed) {
    Init init = Init.seeded(seed);
    VariationalSpec spec = VariationalSpec.defaults();
    return Sequential.of(
        new LinearFlipout(3, 4, spec, init), new LinearReparameterization(4, 2, spec, init));
  }

  @Test
  void thePosteriorBecomesThePriorAndIsCopied() {
    Sequential model = model(1);
    assertThat(Kl.value(model)).isGreaterThan(1);
    Posteriors.becomePriors(model);
    assertThat(Kl.value(model)).isCloseTo(0, within(1e-5));
    VariationalParameter weight = Kl.distributions(model).get("0.weight");
    GaussianPrior prior = (GaussianPrior) weight.prior();
    assertThat(Doubles.of(prior.mean())).isEqualTo(Doubles.of(weight.posterior().mu().value()));
    assertThat(Doubles.of(prior.sigma())).isEqualTo(Doubles.of(weight.posterior().sigma()));
    weight.posterior().mu().value().addi(1);
    assertThat(Kl.value(model)).isGreaterThan(1);
  }

  @Test
  void checkpointsKeepThePriorOfEveryElement(@TempDir Path folder) throws IOException {
    Sequential model = model(1);
    Posteriors.becomePriors(model);
    Layers.parameters(model).get("1.weight.mu").value().addi(Noise.seeded(2).normals(2, 4));
    Path file = folder.resolve("model.safetensors");
    Checkpoint.save(model, file, Map.of());
    Sequential read = model(9);
    Checkpoint.load(read, file);
    assertThat(Kl.value(read)).isEqualTo(Kl.value(model)).isGreaterThan(1);
    GaussianPrior prior = (GaussianPrior) Kl.distributions(read).get("0.weight").prior();
    assertThat(prior.mean().shape()).containsExactly(4, 3);
  }

  @Test
  void aSpreadOfZeroIsNamedAndNothingIsChanged() {
    Layer model = model(1);
    Map<String, VariationalParameter> all = Kl.distributions(model);
    Prior before = all.get("0.weight").prior();
    all.get("1.bias").posterior().rho().value().putScalar(1, -200);
    assertThatThrownBy(() -> Posteriors.becomePriors(model))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1.bias")
        .hasMessageContaining("element 1");
    assertThat(all.get("0.weight").prior()).isSameAs(before);
  }
}
