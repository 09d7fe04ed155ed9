package io.bayes4j.layers.posterior;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.predict.MonteCarlo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The dense layer whose output is a network's output, and what comes into it: the features. */
final class LastLinear {
  private final Linear linear;
  private final Features features;

  private LastLinear(Linear linear, Features features) {
    this.linear = linear;
    this.features = features;
  }

  /** A layer that has run, at which path, with which output. */
  private record Run(String path, Layer layer, Var output) {}

  /**
   * Finds it by running the network.
   *
   * @param x some inputs
   * @throws IllegalArgumentException if the network's output is not that of a Linear with [N,
   *     features] coming in, or that layer is used more than once
   */
  static LastLinear of(Layer model, INDArray x) {
    List<Run> runs = new ArrayList<>();
    Pass pass = Pass.mean().watchedBy((path, layer, y) -> runs.add(new Run(path, layer, y)));
    Var output = Gradients.off(() -> pass.run(model, Var.constant(Layout.ROW_MAJOR.ensure(x))));
    Run last = runs.stream().filter(run -> run.output() == output).findFirst().orElseThrow();
    Require.argument(
        last.layer() instanceof Linear,
        "the last layer must be a Linear, got %s at \"%s\"",
        last.layer(),
        last.path());
    Require.argument(
        runs.stream().filter(run -> run.layer() == last.layer()).count() == 1,
        "the last layer must be used once in a pass, but \"%s\" is used more often",
        last.path());
    Require.argument(
        output.rank() == 2,
        "the last layer must have outputs [N, units], got shape %s",
        Arrays.toString(output.shape()));
    Linear linear = (Linear) last.layer();
    return new LastLinear(linear, new Features(model, slot(model, last.path()), linear));
  }

  /** The slot of a path; null for the root. */
  private static Slot<?> slot(Layer model, String path) {
    Slot<?> found = null;
    Layer at = model;
    for (String name : path.isEmpty() ? new String[0] : path.split("\\.", -1)) {
      found =
          at.slots().stream().filter(slot -> slot.name().equals(name)).findFirst().orElseThrow();
      at = found.layer();
    }
    return found;
  }

  int units() {
    return Math.toIntExact(linear.op().units());
  }

  boolean hasBias() {
    return linear.op().hasBias();
  }

  /** Weights of a unit, its bias among them. */
  int perUnit() {
    return Math.toIntExact(linear.op().inputs()) + (hasBias() ? 1 : 0);
  }

  /** A copy of the weights, unit after unit, each with its bias as the last number. */
  double[] weights() {
    Map<String, Parameter> parameters = linear.parameters();
    INDArray kernel = parameters.get("weight").value();
    INDArray all =
        hasBias()
            ? Nd4j.concat(1, kernel, parameters.get("bias").value().reshape(units(), 1))
            : kernel;
    return all.dup('c').data().asDouble();
  }

  /**
   * What comes into the layer.
   *
   * @return [N, perUnit], with ones in the last column if there is a bias
   */
  INDArray features(INDArray x, int batchSize) {
    INDArray all = MonteCarlo.atMean(features).batchSize(batchSize).outputs(x);
    INDArray rows = all.reshape(all.size(1), all.size(2));
    return hasBias() ? Nd4j.concat(1, rows, Nd4j.ones(rows.dataType(), rows.size(0), 1)) : rows;
  }

  /** A network without its last layer. */
  private static final class Features implements Layer {
    private final Layer model;
    private final Slot<?> slot;
    private final Linear linear;

    Features(Layer model, Slot<?> slot, Linear linear) {
      Require.argument(
          slot == null || slot.accepts(new Tap(linear)),
          "the slot of the last layer must take any layer, so that its input can be seen");
      this.model = model;
      this.slot = slot;
      this.linear = linear;
    }

    @Override
    public Var forward(Var x, Pass pass) {
      if (slot == null) {
        return x;
      }
      Tap tap = new Tap(linear);
      synchronized (slot) {
        slot.replace(tap);
        try {
          model.forward(x, pass);
        } finally {
          slot.replace(linear);
        }
      }
      return tap.seen(pass);
    }
  }

  /**
   * Computes what the layer does and keeps in the pass what came in; others who run the network
   * meanwhile notice nothing.
   */
  private static final class Tap implements Layer {
    private final Linear linear;

    Tap(Linear linear) {
      this.linear = linear;
    }

    @Override
    public Var forward(Var x, Pass pass) {
      pass.once(this, () -> x);
      return linear.forward(x, pass);
    }

    Var seen(Pass pass) {
      return pass.once(
          this,
          () -> {
            throw new IllegalStateException("the last layer did not run");
          });
    }

    @Override
    public Map<String, Parameter> parameters() {
      return linear.parameters();
    }
  }
}
