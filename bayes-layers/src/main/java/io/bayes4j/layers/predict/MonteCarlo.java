package io.bayes4j.layers.predict;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

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
 *
 * <p>A call sees the model as it is at its beginning: loading, a training step or a conversion in
 * another thread waits until the calls that run are done, and calls that come then wait for it.
 *
 * <p>Each call draws the weights again. To serve requests, {@linkplain #prepared() prepare} it.
 */
public final class MonteCarlo implements Predictor {
  /** Memory for draws of the weights, and what is made of them, kept from piece to piece. */
  private static final long DRAWN_BYTES = 384L << 20;

  /** Memory of draws that many pieces use, for all predictors. */
  static final ArenaPool DRAWS = new ArenaPool();

  private final Layer model;
  private final Setting setting;

  /** What may be chosen. */
  private record Setting(
      Mode mode, Precision precision, int samples, int batchSize, long seed, boolean antithetic) {
    static final Setting DEFAULT = new Setting(Mode.SAMPLE, Precision.F32, 30, 256, 0, false);

    Setting {
      Require.argument(
          !antithetic || samples % 2 == 0,
          "samples must be even for antithetic draws, which are pairs, got %d",
          samples);
      Require.argument(
          !antithetic || mode != Mode.MEAN,
          "antithetic draws need a mode that draws, got the mode %s",
          mode);
    }

    Setting withSamples(int number) {
      return new Setting(mode, precision, number, batchSize, seed, antithetic);
    }

    Setting withBatchSize(int number) {
      return new Setting(mode, precision, samples, number, seed, antithetic);
    }

    Setting withSeed(long number) {
      return new Setting(mode, precision, samples, batchSize, number, antithetic);
    }

    Setting withMode(Mode other) {
      return new Setting(other, precision, samples, batchSize, seed, antithetic);
    }

    Setting withPrecision(Precision other) {
      return new Setting(mode, other, samples, batchSize, seed, antithetic);
    }

    Setting withPairs() {
      return new Setting(mode, precision, samples, batchSize, seed, true);
    }
  }

  private MonteCarlo(Layer model, Setting setting) {
    this.model = model;
    this.setting = setting;
  }

  /** Prediction with 30 draws, at most 256 examples at a time, seed 0. */
  public static MonteCarlo of(Layer model) {
    Require.nonNull(model, "model");
    return new MonteCarlo(model, Setting.DEFAULT);
  }

  /** One prediction at the posterior mean: fast, and blind to what the weights do not know. */
  public static MonteCarlo atMean(Layer model) {
    Require.nonNull(model, "model");
    return new MonteCarlo(model, Setting.DEFAULT.withSamples(1).withMode(Mode.MEAN));
  }

  /**
   * The same with another number of draws. 10 give a usable mean, 30 to 100 steady quantiles.
   *
   * @throws IllegalArgumentException if it is not above zero, or odd where draws are {@link
   *     #antithetic}
   */
  @CheckReturnValue
  public MonteCarlo samples(int number) {
    Require.positive((long) number, "samples");
    return new MonteCarlo(model, setting.withSamples(number));
  }

  /**
   * The same with another bound for the examples that a thread takes at once, which changes memory
   * and speed alone unless batch normalisation keeps no running statistics.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public MonteCarlo batchSize(int number) {
    Require.positive((long) number, "batchSize");
    return new MonteCarlo(model, setting.withBatchSize(number));
  }

  /** The same with other draws. */
  @CheckReturnValue
  public MonteCarlo seed(long number) {
    return new MonteCarlo(model, setting.withSeed(number));
  }

  /**
   * The same in another mode, such as {@link Mode#DROPOUT_SAMPLE}.
   *
   * @throws IllegalArgumentException if it draws nothing and draws are to be {@link #antithetic}
   */
  @CheckReturnValue
  public MonteCarlo mode(Mode other) {
    Require.nonNull(other, "other");
    return new MonteCarlo(model, setting.withMode(other));
  }

  /** The same in another precision; F32 unless set. */
  @CheckReturnValue
  public MonteCarlo precision(Precision other) {
    Require.nonNull(other, "other");
    return new MonteCarlo(model, setting.withPrecision(other));
  }

  /**
   * The same with antithetic draws (Hammersley and Morton 1956): the second, fourth, ... draw is
   * its predecessor {@linkplain Noise#mirrored mirrored} at the posterior's mean, mu - sigma * eps
   * after mu + sigma * eps. Each is a draw as any other, and the errors of the two of a pair are
   * often opposite, so that means need fewer draws: how many fewer depends on how near to linear
   * the model is within its spread, and {@link Prediction#standardError} knows. Draws of a pair are
   * not independent of each other.
   *
   * @throws IllegalArgumentException if the number of {@link #samples} is odd, or the mode draws
   *     nothing
   */
  @CheckReturnValue
  public MonteCarlo antithetic() {
    return new MonteCarlo(model, setting.withPairs());
  }

  /**
   * The same with as many draws as each call needs, 10 to 200 unless told otherwise: it stops when
   * the standard error of every mean that is asked for is at most a tolerance. {@link #samples} has
   * no meaning there.
   *
   * @param tolerance greatest standard error: of probabilities between 0 and 1 for {@code
   *     classify}, in the outputs' unit for {@code regress}
   * @throws IllegalArgumentException if it is not finite and above zero
   */
  public AdaptiveMonteCarlo adaptive(double tolerance) {
    Require.positiveAsFloat(tolerance, "tolerance");
    Require.argument(
        setting.mode() != Mode.MEAN,
        "adaptive draws need a mode that draws, got the mode %s",
        setting.mode());
    return AdaptiveMonteCarlo.of(samples(2), tolerance);
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
    INDArray rows = Rows.checked(x);
    return reading(() -> predict(rows));
  }

  /** 2 if draws are {@link #antithetic}, else 1. */
  @Override
  public int dependentDraws() {
    return setting.antithetic() ? 2 : 1;
  }

  /** Runs work that sees the model as it is at its beginning. */
  INDArray reading(Supplier<INDArray> work) {
    return ModelAccess.reading(model, () -> work.get());
  }

  /**
   * Refuses to call equal draws an uncertainty.
   *
   * @param all outputs [samples, N, ...]
   * @throws IllegalStateException if nothing in the model is random, so that several draws would
   *     look like no uncertainty at all
   */
  void requireRandom(INDArray all) {
    Require.state(
        setting.samples() == 1
            || setting.mode() == Mode.MEAN
            || RandomLayers.in(model, setting.mode())
            || RandomLayers.differ(all),
        "nothing in the model is random in mode %s: all %d draws are one, and would look like no"
            + " uncertainty at all. Make layers Bayesian (DnnToBnn), use MonteCarloDropout for"
            + " dropout, or MonteCarlo.atMean for a single prediction",
        setting.mode(),
        all.size(0));
  }

  private INDArray predict(INDArray rows) {
    DrawCollector collector = new DrawCollector(setting.samples(), rows.size(0));
    draw(rows, 0, setting.samples(), collector::put);
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
    // Of weights and spreads in 8 bits only the weights are drawn, and reordered at most.
    for (INDArray buffer : Layers.buffers(model).values()) {
      bytes += buffer.dataType() == DataType.INT8 ? 2 * buffer.length() : 0;
    }
    return (int) Math.max(1, DRAWN_BYTES / Math.max(1, bytes));
  }

  /** Some samples of all examples; pieces, if there are several, share the draws. */
  void draw(INDArray rows, int first, int end, DrawLoop.Sink sink) {
    DrawLoop loop = new DrawLoop(model, setting.batchSize());
    if (loop.isOnePiece(rows)) {
      DRAWS.scope(
          arena -> {
            DerivedWeights kernels = DerivedWeights.in(arena, unchanging());
            loop.runDrawsApart(
                rows, draws(first, end, pass -> PassControl.keepingNoDraws(pass, kernels)), sink);
            return true;
          });
      return;
    }
    int together = samplesTogether();
    for (int from = first; from < end; from += together) {
      drawTogether(loop, rows, from, Math.min(end, from + together), sink);
    }
  }

  private void drawTogether(DrawLoop loop, INDArray rows, int first, int end, DrawLoop.Sink sink) {
    DRAWS.scope(
        arena -> {
          DerivedWeights kernels = DerivedWeights.in(arena, unchanging());
          loop.run(
              rows,
              draws(first, end, pass -> PassControl.keepingDrawsIn(pass, arena, kernels)),
              sink);
          return true;
        });
  }

  private List<DrawLoop.Draw> draws(int first, int end, UnaryOperator<Pass> kept) {
    return IntStream.range(first, end)
        .mapToObj(sample -> new DrawLoop.Draw(sample, kept.apply(pass(sample))))
        .toList();
  }

  private Pass pass(int sample) {
    Noise all = Noise.seeded(setting.seed()).split("predict");
    boolean mirrors = setting.antithetic() && sample % 2 == 1;
    Noise own = mirrors ? all.split(sample - 1).mirrored() : all.split(sample);
    return Pass.of(setting.mode(), own).in(setting.precision());
  }

  /** Arrays of the model that a prediction reads and nobody writes into meanwhile. */
  private List<INDArray> unchanging() {
    List<INDArray> arrays = new ArrayList<>(BatchStatistics.arrays(model));
    Layers.parameters(model).values().forEach(parameter -> arrays.add(parameter.value()));
    return arrays;
  }

  /**
   * The same for serving: the weights are drawn once, at the first call, and kept, as is a copy of
   * the model as it is now.
   */
  public PreparedPredictor prepared() {
    DrawLoop loop = new DrawLoop(model, setting.batchSize());
    return new PreparedPredictor(
        List.of(new PreparedNetwork(loop, setting.mode(), setting.samples(), this::pass)),
        dependentDraws());
  }

  /**
   * As {@link #prepared()}, warmed up: the weights are drawn now, and the first call is as fast as
   * later ones.
   *
   * @param exampleShape lengths of the axes of an example, without that which counts examples
   * @throws IllegalArgumentException if a length is not above zero, or they do not fit the model
   */
  public PreparedPredictor prepared(long... exampleShape) {
    return prepared().warmedUp(exampleShape);
  }
}
