package io.bayes4j.layers.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.DensityPrior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A prior of the user's own: one class, and files know it. */
class OwnPriorTest {
  @TempDir private Path folder;

  private static final class LaplacePrior extends DensityPrior {
    private final double scale;

    LaplacePrior(double scale) {
      Require.positive(scale, "scale");
      this.scale = scale;
    }

    @Override
    protected Var logDensity(Var weights) {
      Var size = Ops.sqrt(Ops.shift(Ops.square(weights), 1e-12));
      return Ops.shift(Ops.scale(size, -1 / scale), -Math.log(2 * scale));
    }

    @Override
    public String kind() {
      return "laplace";
    }

    @Override
    public Map<String, INDArray> numbers() {
      return Map.of("scale", Detached.scalar(scale));
    }

    @Override
    public Prior withNumbers(Map<String, INDArray> numbers) {
      return new LaplacePrior(numbers.get("scale").getDouble(0));
    }
  }

  private static LinearReparameterization layer(Prior prior, long seed) {
    return new LinearReparameterization(
        4, 3, VariationalSpec.defaults().withPrior(prior), Init.seeded(seed));
  }

  private static double kl(LinearReparameterization layer) {
    return Kl.of(layer, Noise.seeded(1)).item();
  }

  @Test
  void isSavedAndLoaded() throws IOException {
    Path file = folder.resolve("model.safetensors");
    LinearReparameterization model = layer(new LaplacePrior(0.25), 1);
    Checkpoint.save(model, file);
    LinearReparameterization other = layer(new LaplacePrior(3), 2);
    Checkpoint.load(other, file);
    assertThat(kl(other)).isEqualTo(kl(model));
    for (VariationalParameter weights : Kl.distributions(other).values()) {
      assertThat(((LaplacePrior) weights.prior()).scale).isEqualTo(0.25);
    }
  }

  @Test
  void anotherPriorsNumbersAreRefused() throws IOException {
    Path file = folder.resolve("model.safetensors");
    Checkpoint.save(layer(new LaplacePrior(0.25), 1), file);
    LinearReparameterization gaussian = layer(GaussianPrior.of(0, 1), 2);
    double before = kl(gaussian);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.load(gaussian, file))
        .withMessageContaining("laplace.scale");
    assertThat(kl(gaussian)).isEqualTo(before);
    Checkpoint.save(gaussian, file);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Checkpoint.load(layer(new LaplacePrior(0.25), 1), file))
        .withMessageContaining("laplace");
  }

  @Test
  void numbersThatMakeNoPriorAreRefusedByName() {
    Map<String, INDArray> state = StateDict.of(layer(new LaplacePrior(0.25), 1));
    state.replaceAll((name, array) -> name.endsWith("laplace.scale") ? Detached.scalar(-1) : array);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateDict.load(layer(new LaplacePrior(1), 2), state))
        .withMessageContaining("weight.prior.")
        .withMessageContaining("scale must be");
  }
}
