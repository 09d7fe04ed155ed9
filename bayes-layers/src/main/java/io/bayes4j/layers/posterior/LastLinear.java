package io.bayes4j.layers.posterior;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The dense layer whose output is a network's output, and what comes into it: the features. */
final class LastLinear {
  private final String path;
  private final Linear linear;
  private final Features features;

  private LastLinear(String path, Linear linear, Features features) {
    this.path = path;
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
        Require.text(output.shape()));
    Linear linear = (Linear) last.layer();
    return at(model, linear, last.path());
  }

  /** The one that is known to be the last. */
  static LastLinear at(Layer model, Linear linear, String path) {
    return new LastLinear(path, linear, new Features(model, linear));
  }

  /** Names of the slots from the root, joined by dots; empty for the root. */
  String path() {
    return path;
  }

  /** The network. */
  Layer model() {
    return features.model;
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
    double[] kernel = Matrices.doubles(Require.entry(parameters, "weight").value());
    double[] bias =
        hasBias() ? Matrices.doubles(Require.entry(parameters, "bias").value()) : new double[0];
    int perUnit = perUnit();
    int inputs = kernel.length / units();
    double[] all = new double[units() * perUnit];
    for (int k = 0; k < units(); k++) {
      System.arraycopy(kernel, k * inputs, all, k * perUnit, inputs);
      if (hasBias()) {
        all[k * perUnit + inputs] = bias[k];
      }
    }
    return all;
  }

  /**
   * What comes into the layer; several threads may ask at once.
   *
   * @return [N, perUnit], with ones in the last column if there is a bias
   */
  INDArray features(INDArray x, int batchSize) {
    INDArray all = MonteCarlo.atMean(features).batchSize(batchSize).outputs(x);
    long inputs = linear.op().inputs();
    Require.argument(
        all.rank() == 3 && all.size(2) == inputs,
        "x must give the last layer features [N, %d], but x of shape %s gives %s",
        inputs,
        Require.text(x.shape()),
        Require.text(Arrays.copyOfRange(all.shape(), 1, all.rank())));
    return hasBias() ? withOnes(all, inputs) : Detached.reshape(all, all.size(1), inputs);
  }

  private static INDArray withOnes(INDArray rows, long inputs) {
    FloatMemory from = FloatMemory.of(rows, "features");
    INDArray all = Matrices.create(rows.size(1), inputs + 1);
    FloatMemory to = FloatMemory.of(all, "features");
    float[] row = new float[(int) inputs + 1];
    row[(int) inputs] = 1;
    for (long n = 0; n < rows.size(1); n++) {
      from.read(n * inputs, row, (int) inputs);
      to.write(n * (inputs + 1), row, row.length);
    }
    return all;
  }

  /**
   * A network without its last layer. It has the network's children and arrays, so that whoever
   * predicts with it finds what it would find in the network, such as batch normalisation.
   */
  private static final class Features implements Layer {
    private final Layer model;
    private final Linear linear;

    Features(Layer model, Linear linear) {
      this.model = model;
      this.linear = linear;
    }

    @Override
    public Var forward(Var x, Pass pass) {
      Tap tap = new Tap(linear);
      pass.watchedBy(tap).run(model, x);
      return tap.seen();
    }

    @Override
    public Map<String, Parameter> parameters() {
      return model.parameters();
    }

    @Override
    public Map<String, INDArray> buffers() {
      return model.buffers();
    }

    @Override
    public List<Slot<?>> slots() {
      return model.slots();
    }
  }

  /** Watches one pass for what comes into the layer. */
  private static final class Tap implements Pass.Observer {
    private final Linear linear;
    private @Nullable Var input;

    Tap(Linear linear) {
      this.linear = linear;
    }

    @Override
    public void runs(String path, Layer layer, List<Var> inputs) {
      if (layer == linear) {
        input = Require.one(inputs, "inputs");
      }
    }

    @Override
    public void saw(String path, Layer layer, Var output) {}

    Var seen() {
      Require.state(input != null, "the last layer did not run");
      return Objects.requireNonNull(input);
    }
  }
}
