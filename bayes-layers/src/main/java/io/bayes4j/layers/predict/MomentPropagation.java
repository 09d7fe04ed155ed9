package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Shapes;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Foldable;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.MaxPool1d;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.MaxPool3d;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.MovesNumbers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Pool;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.Standardized;
import io.bayes4j.layers.Standardizer;
import io.bayes4j.layers.variational.VariationalAffine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Mean and variance of a variational network's output in one pass, without draws: each layer is
 * told mean and variance of every number of its input, as if they were independent Gaussians.
 *
 * <pre>{@code
 * MomentPropagation moments = MomentPropagation.of(model);
 * INDArray doubt = moments.of(x).variance();
 * }</pre>
 *
 * <p>Sums of weights times inputs have the mean and variance that they have for independent inputs;
 * ReLU is exact for a Gaussian but for 1e-6 of its size, other activations are integrated by
 * quadrature with nine points. The greatest of a window is that of two Gaussians, taken for
 * Gaussian again, then of it and the third, and so on (Clark 1961): exact for two. So the moments
 * of a network with one hidden dense layer are exact but for that quadrature; deeper ones, and
 * convolutions, leave out that numbers that share weights go together, and their variances are
 * mostly too small: of three dense layers by some percent, more where the weights are unsure
 * (docs/posteriors.md). An average over places takes these as independent and says far too little.
 * Randomness of dropout is not propagated.
 */
public final class MomentPropagation {
  /** Floats of input that a thread takes through the network at once: few enough for its cache. */
  private static final int PIECE = 1 << 16;

  /** Examples that are enough to keep a kernel busy, whatever their size. */
  private static final int LEAST_PIECE = 16;

  /** Memory of what is made of the weights. */
  private static final ArenaPool WEIGHTS = new ArenaPool();

  /** Memory of the activations. */
  private static final ArenaPool ARENAS = new ArenaPool();

  private final Layer model;

  private MomentPropagation(Layer model) {
    this.model = model;
  }

  /**
   * Mean and variance of each output, [N, ...].
   *
   * @param mean of the output over the posterior
   * @param variance of the output over the posterior: what the model does not know
   */
  public record Moments(INDArray mean, INDArray variance) {
    /** Checks that the arrays are there. */
    public Moments {
      Require.open(mean, "mean");
      Require.open(variance, "variance");
    }
  }

  /**
   * For a model of layers that moments are known of: dense, convolutional and transposed
   * convolutional ones, plain or Bayesian; activations; batch normalisation with running
   * statistics; dropout; pools of maxima and averages, adaptive ones too, and global averages;
   * layers that change shapes alone; {@code Sequential}, {@code Standardized}, graphs with sums and
   * concatenations, and the zoo's ResNets.
   *
   * @throws IllegalArgumentException listing all other layers by path
   */
  public static MomentPropagation of(Layer model) {
    Require.nonNull(model, "model");
    List<String> unknown = new ArrayList<>();
    for (Layers.Located place : Layers.of(model)) {
      if (!known(place.layer())) {
        String path = place.path().isEmpty() ? "(the model)" : place.path();
        unknown.add(path + ": " + place.layer().getClass().getSimpleName());
      }
    }
    Require.argument(
        unknown.isEmpty(),
        "model must be of layers that moments can be propagated through; these are none: %s",
        String.join(", ", unknown));
    return new MomentPropagation(model);
  }

  private static boolean known(Layer layer) {
    return layer instanceof Affine
        || layer instanceof VariationalAffine
        || layer instanceof Activation
        || layer instanceof Sequential
        || layer instanceof Standardized
        || layer instanceof Foldable
        || layer instanceof Pool
        || layer instanceof AdaptiveAvgPool
        || layer instanceof AdaptiveMaxPool
        || layer instanceof Concat
        || layer == Arithmetic.ADD
        || isScaling(layer)
        || keepsNumbers(layer)
        || layer instanceof GlobalAvgPool;
  }

  /** Whether every number is multiplied by and added to constants. */
  private static boolean isScaling(Layer layer) {
    return layer instanceof ScaleShift
        || layer instanceof Standardizer
        || (layer instanceof BatchNorm norm && norm.buffers().containsKey("running_var"));
  }

  private static boolean isMaxPool(Layer layer) {
    return layer instanceof MaxPool1d || layer instanceof MaxPool2d || layer instanceof MaxPool3d;
  }

  private static boolean keepsNumbers(Layer layer) {
    return layer instanceof Identity
        || layer instanceof MovesNumbers
        || layer instanceof Dropout
        || layer instanceof Flatten
        || layer instanceof Reshape
        || layer instanceof Permute;
  }

  /**
   * Mean and variance of each output.
   *
   * @param x inputs, the first axis counting the examples
   * @throws IllegalArgumentException if x is empty, not finite, or of a shape that does not fit the
   *     model
   */
  public Moments of(INDArray x) {
    INDArray rows = Rows.checked(x);
    DrawCollector both = new DrawCollector(2, rows.size(0));
    ModelAccess.reading(
        model,
        () ->
            WEIGHTS.scope(
                made -> {
                  pieces(rows, DerivedWeights.in(made, unchanging()), both);
                  return true;
                }));
    INDArray all = both.all();
    return new Moments(Detached.copy(all.slice(0)), Detached.copy(all.slice(1)));
  }

  /** Arrays of the model, which nobody writes into meanwhile. */
  private List<INDArray> unchanging() {
    List<INDArray> arrays = new ArrayList<>(BatchStatistics.arrays(model));
    Layers.parameters(model).values().forEach(parameter -> arrays.add(parameter.value()));
    return arrays;
  }

  /** Each piece by a thread of its own; a single one by all threads. */
  private void pieces(INDArray rows, DerivedWeights weights, DrawCollector both) {
    long examples = rows.size(0);
    long most = Math.max(LEAST_PIECE, PIECE / Math.max(1, rows.length() / examples));
    long pieces = (examples + most - 1) / most;
    int size = (int) ((examples + pieces - 1) / pieces);
    if (pieces == 1) {
      piece(rows, 0, examples, weights, both);
    } else {
      Parallel.forRange(examples, size, (from, to) -> piece(rows, from, to, weights, both));
    }
  }

  /** The moments of some examples, whose activations are in memory that is used again. */
  private void piece(
      INDArray rows, long from, long to, DerivedWeights weights, DrawCollector both) {
    GaussianMoments some =
        new GaussianMoments(Var.constant(rows.get(NDArrayIndex.interval(from, to))), null);
    Gradients.off(
        () ->
            ARENAS.scope(
                arena -> {
                  INDArray y =
                      Plan.scope(weights, DrawInvariantResults.NONE, () -> ends(some)).value();
                  long half = y.size(0) / 2;
                  both.put(0, from, to, Shapes.range(y, 0, 0, half));
                  both.put(1, from, to, Shapes.range(y, 0, half, 2 * half));
                  return true;
                }));
  }

  /** The means of all examples, then the variances. */
  private Var ends(GaussianMoments some) {
    GaussianMoments end = through(model, List.of(some));
    Var mean = end.mean();
    Var variance = end.variance();
    return Ops.concat(
        0, mean, variance == null ? Var.constant(Detached.zeros(mean.shape())) : variance);
  }

  /**
   * Class probabilities without draws: with the mean m and variance v of each logit, the softmax or
   * sigmoid of m / sqrt(1 + pi v / 8) (MacKay 1992). The prediction has one draw and no spread.
   */
  public Predictor probit() {
    return x -> {
      Moments moments = of(x);
      INDArray logits =
          Elementwise.map(
              moments.mean(),
              moments.variance(),
              (m, v, out, n) -> {
                for (int i = 0; i < n; i++) {
                  out[i] = (float) (m[i] / Math.sqrt(1 + Math.PI / 8 * v[i]));
                }
              });
      long[] shape = new long[logits.rank() + 1];
      shape[0] = 1;
      System.arraycopy(logits.shape(), 0, shape, 1, logits.rank());
      return Detached.reshape(Detached.copy(logits), shape);
    };
  }

  /** What a layer makes of its inputs. */
  static GaussianMoments through(Layer layer, List<? extends GaussianMoments> inputs) {
    GaussianMoments in = inputs.get(0);
    if (layer instanceof Foldable whole && !keepsNumbers(layer)) {
      return whole.fold(List.copyOf(inputs), MomentPropagation::through);
    }
    if (layer == Arithmetic.ADD) {
      return inputs.stream()
          .map(GaussianMoments.class::cast)
          .reduce(MomentPropagation::sum)
          .orElseThrow();
    }
    if (layer instanceof Concat concat) {
      return joined(concat, inputs);
    }
    if (layer instanceof Sequential) {
      GaussianMoments now = in;
      for (Slot<?> slot : layer.slots()) {
        now = through(slot.layer(), List.of(now));
      }
      return now;
    }
    if (layer instanceof Standardized standardized) {
      return through(standardized.network(), List.of(scaled(standardized.inputs(), in)));
    }
    if (layer instanceof VariationalAffine affine) {
      Map<String, VariationalParameter> all = affine.distributions();
      VariationalParameter bias = all.get("bias");
      return AffineMoments.of(affine.op(), in, Require.entry(all, "weight"), bias);
    }
    return in.variance() == null
        ? new GaussianMoments(layer.forward(in.mean(), Pass.mean()), null)
        : uncertain(layer, in);
  }

  /** What a layer without a posterior makes of an uncertain input. */
  private static GaussianMoments uncertain(Layer layer, GaussianMoments in) {
    if (layer instanceof Affine affine) {
      Var spread =
          AffineMoments.spread(
              affine.op(),
              Objects.requireNonNull(in.variance()),
              Require.entry(affine.parameters(), "weight"));
      return new GaussianMoments(layer.forward(in.mean(), Pass.mean()), spread);
    }
    if (layer == Activation.RELU) {
      return in.relu();
    }
    if (layer instanceof Activation) {
      return in.through(x -> layer.forward(x, Pass.mean()));
    }
    if (layer instanceof Pool pool) {
      return isMaxPool(pool) ? PooledMoments.greatest(pool, in) : AveragedMoments.of(pool, in);
    }
    if (layer instanceof AdaptiveAvgPool pool) {
      return AveragedMoments.of(pool, in);
    }
    if (layer instanceof AdaptiveMaxPool pool) {
      return PooledMoments.greatest(pool, in);
    }
    if (layer instanceof GlobalAvgPool) {
      GaussianMoments means = in.both(x -> layer.forward(x, Pass.mean()));
      long places = Shapes.product(in.mean().shape()) / Shapes.product(means.mean().shape());
      return new GaussianMoments(
          means.mean(), Ops.scale(Objects.requireNonNull(means.variance()), 1.0 / places));
    }
    if (layer instanceof BatchNorm norm) {
      return AffineMoments.normalized(norm, in);
    }
    return isScaling(layer) ? scaled(layer, in) : in.both(x -> layer.forward(x, Pass.mean()));
  }

  /**
   * Through a layer that multiplies by and adds constants: the factors are what it makes of ones.
   */
  private static GaussianMoments scaled(Layer layer, GaussianMoments in) {
    Var mean = layer.forward(in.mean(), Pass.mean());
    if (in.variance() == null) {
      return new GaussianMoments(mean, null);
    }
    long[] one = in.mean().shape();
    one[0] = 1;
    Var ones = Var.constant(Detached.fill(Detached.zeros(one), 1));
    Var zeros = Var.constant(Detached.zeros(one));
    Var factors = Ops.sub(layer.forward(ones, Pass.mean()), layer.forward(zeros, Pass.mean()));
    return new GaussianMoments(mean, Ops.mul(in.variance(), Ops.square(factors)));
  }

  private static GaussianMoments joined(Concat layer, List<? extends GaussianMoments> inputs) {
    Var mean = layer.forward(inputs.stream().map(GaussianMoments::mean).toList(), Pass.mean());
    if (inputs.stream().allMatch(in -> in.variance() == null)) {
      return new GaussianMoments(mean, null);
    }
    List<Var> variances = new ArrayList<>();
    for (GaussianMoments in : inputs) {
      Var variance = in.variance();
      variances.add(variance == null ? Var.constant(Detached.zeros(in.mean().shape())) : variance);
    }
    return new GaussianMoments(mean, layer.forward(variances, Pass.mean()));
  }

  private static GaussianMoments sum(GaussianMoments a, GaussianMoments b) {
    Require.argument(
        Arrays.equals(a.mean().shape(), b.mean().shape()),
        "terms of a sum must have one shape, got %s and %s",
        Require.text(a.mean().shape()),
        Require.text(b.mean().shape()));
    Var variance =
        a.variance() == null
            ? b.variance()
            : b.variance() == null ? a.variance() : Ops.add(a.variance(), b.variance());
    return new GaussianMoments(Ops.add(a.mean(), b.mean()), variance);
  }
}
