package io.bayes4j.layers.predict;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.autograd.PreparedKernels;
import io.bayes4j.core.autograd.Settled;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Predicts with many draws of a model's weights: each draw is a network, and where the networks
 * disagree the model does not know.
 *
 * <pre>{@code
 * Prediction prediction = MonteCarlo.of(model).samples(50).classify(images);
 * }</pre>
 *
 * <p>Immutable; several threads may predict with one. Draw s is the same for all examples, and an
 * example's prediction has the same bits in any batch, at any place in it and on any number of
 * threads: the same seed gives the same numbers, with the same kernels on the same processor. Only
 * a model with batch normalisation that keeps no running statistics sees the other examples: it
 * predicts for {@link #batchSize} of them at a time, or a few less to have batches of equal size.
 */
public final class MonteCarlo implements Predictor {
  /** Floats of input that a thread takes through the network at once: few enough for its cache. */
  private static final int PIECE = 1 << 16;

  /** Examples that are enough to keep a kernel busy, whatever their size. */
  private static final int LEAST_PIECE = 32;

  /** Memory for draws of the weights, and what is made of them, kept from piece to piece. */
  private static final long DRAWN_BYTES = 384L << 20;

  /** Memory of the draws, shared by all predictors. */
  private static final ArenaPool DRAWS = new ArenaPool();

  /** Memory of the activations, shared by all predictors. */
  private static final ArenaPool BATCHES = new ArenaPool();

  private final Layer model;
  private final Mode mode;
  private final Precision precision;
  private final int samples;
  private final int batchSize;
  private final long seed;

  /** A pass and the number of its sample. */
  private record Draw(int sample, Pass pass) {}

  private MonteCarlo(
      Layer model, Mode mode, Precision precision, int samples, int batchSize, long seed) {
    this.model = model;
    this.mode = mode;
    this.precision = precision;
    this.samples = samples;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /** Prediction with 30 draws, at most 256 examples at a time, seed 0. */
  public static MonteCarlo of(Layer model) {
    return new MonteCarlo(model, Mode.SAMPLE, Precision.F32, 30, 256, 0);
  }

  /** One prediction at the posterior mean: fast, and blind to what the weights do not know. */
  public static MonteCarlo atMean(Layer model) {
    return new MonteCarlo(model, Mode.MEAN, Precision.F32, 1, 256, 0);
  }

  /**
   * The same with another number of draws. 10 give a usable mean, 30 to 100 steady quantiles.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  public MonteCarlo samples(int number) {
    Require.positive((long) number, "samples");
    return new MonteCarlo(model, mode, precision, number, batchSize, seed);
  }

  /**
   * The same with another bound for the examples that a thread takes at once, which changes memory
   * and speed alone unless batch normalisation keeps no running statistics.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  public MonteCarlo batchSize(int number) {
    Require.positive((long) number, "batchSize");
    return new MonteCarlo(model, mode, precision, samples, number, seed);
  }

  /** The same with other draws. */
  public MonteCarlo seed(long number) {
    return new MonteCarlo(model, mode, precision, samples, batchSize, number);
  }

  /** The same in another mode, such as {@link Mode#DROPOUT_SAMPLE}. */
  public MonteCarlo mode(Mode other) {
    return new MonteCarlo(model, other, precision, samples, batchSize, seed);
  }

  /** The same in another precision; F32 unless set. */
  public MonteCarlo precision(Precision other) {
    return new MonteCarlo(model, mode, other, samples, batchSize, seed);
  }

  /**
   * What the model returns for every draw.
   *
   * @param x inputs, the first axis counting the examples
   * @return [samples, N, ...]
   * @throws IllegalArgumentException if x is empty, not finite, or of a shape that does not fit the
   *     model, or the model does not return a row for each example, all of one shape
   * @throws UnsupportedOperationException if there are no kernels for the precision here
   */
  @Override
  public INDArray outputs(INDArray x) {
    Require.argument(
        x.dataType() == DataType.FLOAT && x.rank() >= 1 && !x.isEmpty(),
        "x must be a non-empty float array, got %s %s",
        x.dataType(),
        Arrays.toString(x.shape()));
    Finite.require("x", x);
    INDArray rows = Layout.ROW_MAJOR.ensure(x);
    DrawCollector collector = new DrawCollector(samples, rows.size(0));
    int together = samplesTogether();
    for (int first = 0; first < samples; first += together) {
      draw(rows, first, Math.min(samples, first + together), collector);
    }
    return collector.all();
  }

  /**
   * How many draws of the weights fit into the memory for them. A draw, the kernel with what is
   * folded into it, and that in a provider's layout are three arrays for every two of a posterior;
   * those of parameters that are not drawn serve all draws.
   */
  private int samplesTogether() {
    long bytes = 0;
    for (Parameter parameter : Layers.parameters(model).values()) {
      bytes += parameter.value().length() * Float.BYTES * 3 / 2;
    }
    return (int) Math.max(1, DRAWN_BYTES / Math.max(1, bytes));
  }

  /**
   * Some samples of all examples. Threads take pieces of the examples through the whole network,
   * each with kernels of one thread: nobody waits for anybody, and activations stay in the cache.
   * The samples of a piece follow each other, so that what does not depend on the draw is computed
   * once; the draws are shared by all pieces. Each thread begins with other samples, or all would
   * wait while one of them draws.
   */
  private void draw(INDArray rows, int first, int end, DrawCollector collector) {
    Noise noise = Noise.seeded(seed).split("predict");
    KernelProvider provider = Kernels.provider();
    int piece = pieceSize(rows);
    DRAWS.scope(
        draws -> {
          PreparedKernels kernels = PreparedKernels.in(draws, unchanging());
          List<Draw> passes = new ArrayList<>();
          for (int sample = first; sample < end; sample++) {
            Pass pass = Pass.of(mode, noise.split(sample)).in(precision);
            passes.add(new Draw(sample, pass.keepingDrawsIn(draws, kernels)));
          }
          Parallel.RangeTask task =
              (from, to) ->
                  Kernels.with(
                      provider,
                      () ->
                          Gradients.off(
                              () -> run(rows, from, to, turned(passes, from / piece), collector)));
          if (piece >= rows.size(0)) {
            // Outside of a loop, where kernels have all threads.
            task.run(0, rows.size(0));
          } else {
            Parallel.forRange(rows.size(0), piece, task);
          }
          return collector;
        });
  }

  /** Arrays of the model that a prediction reads and nobody writes into meanwhile. */
  private List<INDArray> unchanging() {
    List<INDArray> arrays = new ArrayList<>(BatchStatistics.arrays(model));
    Layers.parameters(model).values().forEach(parameter -> arrays.add(parameter.value()));
    return arrays;
  }

  /** Examples that a thread takes at once: the same number whatever the threads. */
  private int pieceSize(INDArray rows) {
    long examples = rows.size(0);
    long fast = Math.max(LEAST_PIECE, PIECE / (rows.length() / examples));
    long most = BatchStatistics.ofEveryBatch(model) ? batchSize : Math.min(batchSize, fast);
    long pieces = (examples + most - 1) / most;
    return (int) ((examples + pieces - 1) / pieces);
  }

  /** The passes in the order in which a piece goes through them. */
  private static List<Draw> turned(List<Draw> passes, long piece) {
    int threads = Parallel.threads();
    List<Draw> turned = new ArrayList<>(passes);
    Collections.rotate(turned, (int) (piece % threads) * passes.size() / threads);
    return turned;
  }

  /** All passes on a piece of the examples. */
  private DrawCollector run(
      INDArray rows, long from, long to, List<Draw> passes, DrawCollector collector) {
    Var x = Var.constant(rows.get(NDArrayIndex.interval(from, to)));
    return BATCHES.scope(
        arena -> {
          Settled settled = new Settled(x);
          for (Draw draw : passes) {
            Pass pass = draw.pass.forExamplesFrom(from).sharing(settled);
            arena.scope(
                () -> {
                  collector.put(draw.sample, from, to, pass.run(model, x).value());
                  settled.keepIn(arena);
                });
          }
          return collector;
        });
  }
}
