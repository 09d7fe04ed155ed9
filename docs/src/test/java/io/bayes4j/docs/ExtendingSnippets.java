package io.bayes4j.docs;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.convert.Moped;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.norm.Normalizations;
import io.bayes4j.core.variational.DensityPrior;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.layers.AffineLayer;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalAffineLayer;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What docs/extending.md shows; each region is a block of code there. */
final class ExtendingSnippets {
  private ExtendingSnippets() {}

  // region gain
  /** A gain and an offset for every feature: y [N, F] = x * w + b. */
  public record Gain(long features) implements AffineOp {
    @Override
    public long[] kernelShape() {
      return new long[] {features};
    }

    @Override
    public long fanIn() {
      return 1;
    }

    @Override
    public long inputs() {
      return features;
    }

    @Override
    public long units() {
      return features;
    }

    @Override
    public boolean hasBias() {
      return true;
    }

    @Override
    public Var apply(Var x, Weights weights) {
      return Ops.add(Ops.mul(x, weights.kernel()), weights.bias());
    }

    @Override
    public Var scaleChannels(Var x, INDArray factors) {
      return Normalizations.scaleChannels(x, factors);
    }
  }

  // endregion

  static Layer plain() {
    // region plain
    Init init = Init.seeded(1);
    Layer model = Sequential.of(new Linear(4, 8, init), new AffineLayer(new Gain(8), init));
    // endregion
    return model;
  }

  static Layer bayesian(Layer model) {
    // region bayesian
    Layer one =
        new VariationalAffineLayer(
            new Gain(8), Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(2));
    Layer all =
        DnnToBnn.convert(model, ConversionOptions.flipout().withMoped(Moped.of(0.1))).model();
    // endregion
    return Sequential.of(all, one);
  }

  // region operation
  /** x / (1 + |x|) of every element. */
  static Var softsign(Var x) {
    return Plan.unary(
        "softsign",
        x,
        () -> {
          INDArray below = Transforms.abs(x.value()).addi(1);
          return Var.result(
              x.value().div(below),
              List.of(x),
              (gradient, sink) -> sink.add(x, gradient.div(below.mul(below))));
        });
  }

  // endregion

  // region prior
  /** The Laplace distribution about zero: most weights small, some large. */
  public static final class LaplacePrior extends DensityPrior {
    private final double scale;

    public LaplacePrior(double scale) {
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
      return Map.of("scale", Nd4j.scalar((float) scale));
    }

    @Override
    public Prior withNumbers(Map<String, INDArray> numbers) {
      return new LaplacePrior(numbers.get("scale").getDouble(0));
    }
  }

  // endregion
}
