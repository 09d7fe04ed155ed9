package io.bayes4j.convert;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/**
 * Random networks on sequences [N, T, {@value #WIDTH}]: nested blocks, tied layers, frozen weights,
 * bare layers, layers that are Bayesian already.
 */
final class RandomModels {
  static final int WIDTH = 4;
  static final int STEPS = 3;

  private static final int DEEPEST = 3;
  private static final int FROZEN_ONE_IN = 4;

  /** Adds what its child makes of the input. */
  private static final class Residual extends Block {
    private final Slot<Layer> branch;

    Residual(Layer branch) {
      this.branch = slot("branch", branch);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.add(x, branch.forward(x, pass));
    }
  }

  /** Two children side by side, in slots of a type that some replacements do not have. */
  private static final class Strict extends Block {
    private final Slot<Linear> plain;
    private final Slot<Layer> free;

    Strict(Linear plain, Layer free) {
      this.plain = slot("plain", Linear.class, plain);
      this.free = slot("free", free);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.add(plain.forward(x, pass), free.forward(x, pass));
    }
  }

  /** Sees the steps as examples: for layers that take [N, C] alone. */
  private static final class ByStep extends Block {
    private final Slot<Layer> inner;

    ByStep(Layer inner) {
      this.inner = slot("inner", inner);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.reshape(inner.forward(Ops.reshape(x, -1, WIDTH), pass), x.shape());
    }
  }

  private final Noise noise;
  private final boolean bayesianToo;
  private final Init init;
  private final List<Layer> used = new ArrayList<>();
  private int thrown;

  private RandomModels(long seed, boolean bayesianToo) {
    this.noise = Noise.seeded(seed);
    this.bayesianToo = bayesianToo;
    this.init = Init.seeded(seed);
  }

  /** Plain networks by their seed. */
  static Arbitrary<Long> seeds() {
    return Arbitraries.longs().between(0, Integer.MAX_VALUE);
  }

  static Layer plain(long seed) {
    return of(seed, false);
  }

  /** With some layers that are Bayesian from the start. */
  static Layer mixed(long seed) {
    return of(seed, true);
  }

  private static Layer of(long seed, boolean bayesianToo) {
    RandomModels models = new RandomModels(seed, bayesianToo);
    Layer model = models.layer(DEEPEST);
    for (Parameter parameter : Layers.parameters(model).values()) {
      Noise shift = models.noise.split("shift").split(models.thrown);
      parameter.value().addi(shift.normals(parameter.shape()).muli(0.1));
      parameter.setTrainable(models.random(FROZEN_ONE_IN) > 0);
    }
    Layers.of(model).stream()
        .flatMap(place -> place.layer().buffers().values().stream())
        .forEach(buffer -> buffer.addi(models.random(3) * 0.25));
    return model;
  }

  /** A whole number from 0 to below a bound. */
  private int random(int bound) {
    float share = noise.split("choice").split(thrown++).uniforms(1).getFloat(0);
    return Math.min((int) (share * bound), bound - 1);
  }

  /** A layer, or one that was used before. */
  private Layer layer(int depth) {
    if (!used.isEmpty() && random(5) == 0) {
      return used.get(random(used.size()));
    }
    Layer made = depth > 0 && random(3) > 0 ? block(depth - 1) : leaf();
    used.add(made);
    return made;
  }

  private Layer block(int depth) {
    return switch (random(4)) {
      case 0 -> new Residual(layer(depth));
      case 1 -> new Strict(new Linear(WIDTH, WIDTH, init), layer(depth));
      default -> {
        Layer[] chain = new Layer[1 + random(3)];
        for (int i = 0; i < chain.length; i++) {
          chain[i] = layer(depth);
        }
        yield Sequential.of(chain);
      }
    };
  }

  private Layer leaf() {
    return switch (random(bayesianToo ? 10 : 9)) {
      case 0, 1 -> new Linear(WIDTH, WIDTH, random(2) == 0, init);
      case 2 -> new Lstm(WIDTH, WIDTH, init);
      case 3 -> new Gru(WIDTH, WIDTH, init);
      case 4 -> new LayerNorm(WIDTH);
      case 5 -> new ByStep(new BatchNorm1d(WIDTH));
      case 6 -> new ByStep(new GroupNorm(2, WIDTH));
      case 7 -> new Dropout(0.3);
      case 8 -> Activation.TANH;
      default -> new LinearFlipout(WIDTH, WIDTH, VariationalSpec.defaults(), init);
    };
  }

  /** Options that fit any network: recurrent layers need an estimator that draws weights. */
  static ConversionOptions options(Estimator estimator, boolean moped) {
    ConversionOptions options =
        ConversionOptions.of(estimator)
            .forLayers(Recurrent.class, layer -> layer.withEstimator(Estimator.REPARAMETERIZATION));
    return moped ? options.withMoped(Moped.of(0.1)) : options;
  }
}
