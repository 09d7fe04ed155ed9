package io.bayes4j.spark;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Softmax;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.train.Batch;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.variational.VariationalAffine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Takes the {@link Curvature} of examples of classes at a network's posterior mean. */
final class CurvatureFit {
  private static final ArenaPool ARENAS = new ArenaPool();
  private static final int BATCH = 500;

  private final Layer network;
  private final int classes;
  private final List<Watched> layers = new ArrayList<>();

  /**
   * Of a network that is used for nothing else after.
   *
   * @param classes their number, the width of the output
   */
  CurvatureFit(Layer network, int classes) {
    IdentityHashMap<Layer, Layer> watched = new IdentityHashMap<>();
    for (VariationalAffine layer : Curvature.layersOf(network)) {
      layers.add(new Watched(layer));
      watched.put(layer, layers.get(layers.size() - 1));
    }
    this.network = Layers.replace(network, watched);
    this.classes = classes;
  }

  /** A layer that keeps its input, and whose output takes a gradient. */
  private static final class Watched implements Layer {
    private final VariationalAffine layer;
    private final DenseCurvature sums;
    private @Nullable INDArray input;
    private @Nullable Var probe;

    Watched(VariationalAffine layer) {
      this.layer = layer;
      AffineOp op = layer.op();
      int width = Math.toIntExact(op.inputs() + (op.hasBias() ? 1 : 0));
      this.sums = DenseCurvature.nothing(width, Math.toIntExact(op.units()));
    }

    @Override
    public Var forward(Var x, Pass pass) {
      Require.argument(probe == null, "a layer must run once in a pass, got %s again", layer);
      Var y = layer.forward(x, pass);
      Var zeros = Var.leaf(Detached.zeros(y.shape()));
      input = x.value();
      probe = zeros;
      return Ops.add(y, zeros);
    }

    /** Gradients of the output of each example, [rows, units], times a factor. */
    private INDArray deltas(Gradients gradients, double factor) {
      float[] numbers = FloatMemory.numbers(gradients.get(Objects.requireNonNull(probe)), "delta");
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] *= (float) factor;
      }
      long units = layer.op().units();
      return Detached.of(numbers, numbers.length / units, units);
    }

    /** The inputs of each example with a one where there is a bias, [rows, width]. */
    private INDArray inputs() {
      float[] x = FloatMemory.numbers(Objects.requireNonNull(input), "input");
      int length = Math.toIntExact(layer.op().inputs());
      if (!layer.op().hasBias()) {
        return Detached.of(x, x.length / length, length);
      }
      int rows = x.length / length;
      float[] all = new float[rows * (length + 1)];
      Arrays.fill(all, 1);
      for (int row = 0; row < rows; row++) {
        System.arraycopy(x, row * length, all, row * (length + 1), length);
      }
      return Detached.of(all, rows, length + 1);
    }

    void add(INDArray deltas, INDArray drawn) {
      INDArray x = inputs();
      sums.add(
          new DenseCurvature(
              product(x, x, "inputs"), product(drawn, drawn, "outputs"), product(deltas, x, "g")));
    }

    private static float[] product(INDArray a, INDArray b, String name) {
      return FloatMemory.numbers(Kernels.matmul(a, true, b, false), name);
    }
  }

  /**
   * Of all examples.
   *
   * @param noise of the labels that are drawn as the network believes in them
   */
  Curvature of(Dataset data, Loss loss, Noise noise) {
    for (int from = 0; from < data.size(); from += BATCH) {
      int to = Math.min(data.size(), from + BATCH);
      int start = from;
      ARENAS.scope(
          arena -> {
            add(data.batch(IntStream.range(start, to).toArray()), loss, noise.split(start));
            return to;
          });
    }
    return new Curvature(layers.stream().map(layer -> layer.sums).toList(), data.size());
  }

  private void add(Batch batch, Loss loss, Noise noise) {
    int count = Math.toIntExact(batch.inputs().size(0));
    Var output = run(batch);
    Gradients learned = Gradients.of(loss.of(output, batch.targets()));
    List<INDArray> deltas = layers.stream().map(layer -> layer.deltas(learned, count)).toList();
    Var again = run(batch);
    Gradients drawn = Gradients.of(again, surprise(again.value(), noise));
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).add(deltas.get(i), layers.get(i).deltas(drawn, 1));
    }
  }

  private Var run(Batch batch) {
    layers.forEach(layer -> layer.probe = null);
    Var output = Pass.mean().run(network, Var.constant(batch.inputs()));
    Require.argument(
        output.rank() == 2 && output.shape()[1] == classes,
        "the network's output must be [N, %d], got %s",
        classes,
        Require.text(output.shape()));
    return output;
  }

  /** Probabilities less one for a label that was drawn by them, whose squares mean the Fisher. */
  private INDArray surprise(INDArray logits, Noise noise) {
    float[] p = FloatMemory.numbers(Softmax.of(logits, 1), "probabilities");
    int rows = p.length / classes;
    float[] uniforms = new float[rows];
    noise.uniforms(uniforms, 0, rows, 0);
    for (int row = 0; row < rows; row++) {
      int label = 0;
      double sum = p[row * classes];
      while (sum < uniforms[row] && label < classes - 1) {
        label++;
        sum += p[row * classes + label];
      }
      p[row * classes + label] -= 1;
    }
    return Detached.of(p, rows, classes);
  }
}
