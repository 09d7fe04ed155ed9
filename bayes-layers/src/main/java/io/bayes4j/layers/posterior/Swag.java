package io.bayes4j.layers.posterior;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import io.bayes4j.layers.predict.PreparedPredictor;
import io.bayes4j.layers.train.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * SWAG: a Gaussian over the weights with the mean and covariance of those that training passed
 * through (Maddox et al. 2019); see {@link SwagCollector}.
 *
 * <p>A prediction writes draws of the weights into the model and puts its own weights back when it
 * is done. Whatever else predicts with the model or changes it waits meanwhile, and a prediction
 * inside another one of the same model fails; {@link #prepared()} does without all that. The
 * statistics of batch normalisation are renewed over the training data for every draw, once: the
 * first prediction is the slow one.
 */
public final class Swag implements Predictor {
  private static final int BATCH = 256;

  private final Layer model;
  private final WeightMoments moments;
  private final @Nullable Dataset data;
  private final int samples;
  private final int batchSize;
  private final long seed;

  /** Statistics of batch normalisation for the draws made so far; guarded by the model. */
  private final List<List<INDArray>> statistics = new ArrayList<>();

  Swag(Layer model, WeightMoments moments, @Nullable Dataset data) {
    this(model, moments, data, 30, BATCH, 0);
  }

  Swag(
      Layer model,
      WeightMoments moments,
      @Nullable Dataset data,
      int samples,
      int batchSize,
      long seed) {
    this.model = model;
    this.moments = moments;
    this.data = data;
    this.samples = samples;
    this.batchSize = batchSize;
    this.seed = seed;
  }

  /**
   * Reads a posterior that {@link #save} wrote, and its network's weights into the model, for a
   * model without batch normalisation.
   *
   * @param model of the architecture that was saved
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if the file holds something else, or that of another
   *     architecture, or the model has batch normalisation; the model is not changed then
   */
  public static Swag load(Path file, Layer model) throws IOException {
    Require.nonNull(file, "file");
    Require.nonNull(model, "model");
    Require.argument(
        BatchStatistics.arrays(model).isEmpty(),
        "load(file, model, data) must be given the training data, since the model has batch"
            + " normalisation");
    return SwagFile.load(file, model, null);
  }

  /**
   * Reads a posterior that {@link #save} wrote, and its network's weights into the model.
   *
   * @param model of the architecture that was saved
   * @param data the training data, for the statistics of batch normalisation
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if the file holds something else, or that of another
   *     architecture; the model is not changed then
   */
  public static Swag load(Path file, Layer model, Dataset data) throws IOException {
    Require.nonNull(file, "file");
    Require.nonNull(model, "model");
    Require.nonNull(data, "data");
    return SwagFile.load(file, model, data);
  }

  /**
   * Writes the posterior and its network into one safetensors file, under a temporary name first;
   * what is loaded from it predicts with the same numbers.
   *
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public void save(Path file) throws IOException {
    Require.nonNull(file, "file");
    synchronized (model) {
      SwagFile.save(file, new SwagFile.Content(model, moments, samples, batchSize, seed));
    }
  }

  /**
   * The same with another number of draws; 30 unless set.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public Swag samples(int number) {
    Require.positive((long) number, "samples");
    return new Swag(model, moments, data, number, batchSize, seed);
  }

  /**
   * The same with another number of examples at a time; 256 unless set.
   *
   * @throws IllegalArgumentException if it is not above zero
   */
  @CheckReturnValue
  public Swag batchSize(int number) {
    Require.positive((long) number, "batchSize");
    return new Swag(model, moments, data, samples, number, seed);
  }

  /** The same with other draws; seed 0 unless set. */
  @CheckReturnValue
  public Swag seed(long number) {
    return new Swag(model, moments, data, samples, batchSize, number);
  }

  @Override
  public INDArray outputs(INDArray x) {
    Require.open(x, "x");
    return ModelAccess.changing(
        model,
        () -> {
          Map<String, INDArray> own = StateDict.copyOf(model);
          try {
            return draws(x);
          } finally {
            StateDict.load(model, own);
          }
        });
  }

  /**
   * The same for serving: a copy of the model for each draw, so that predictions neither write into
   * the model nor wait for each other.
   */
  public PreparedPredictor prepared() {
    return ModelAccess.changing(model, this::copies);
  }

  private PreparedPredictor copies() {
    Map<String, INDArray> own = StateDict.copyOf(model);
    try {
      MonteCarlo predictor = MonteCarlo.atMean(model).batchSize(batchSize);
      Noise noise = Noise.seeded(seed).split("swag");
      List<PreparedPredictor> draws = new ArrayList<>();
      for (int s = 0; s < samples; s++) {
        writeDraw(s, noise.split(s));
        draws.add(predictor.prepared());
      }
      return PreparedPredictor.joined(draws);
    } finally {
      StateDict.load(model, own);
    }
  }

  /**
   * The same for serving, warmed up: see {@link MonteCarlo#prepared(long...)}.
   *
   * @param exampleShape lengths of the axes of an example, without that which counts examples
   * @throws IllegalArgumentException if a length is not above zero, or they do not fit the model
   */
  public PreparedPredictor prepared(long... exampleShape) {
    return prepared().warmedUp(exampleShape);
  }

  /**
   * Writes the mean of the posterior into the model, its statistics renewed: the solution of
   * stochastic weight averaging (Izmailov et al. 2018).
   */
  public void writeMean() {
    ModelAccess.changing(
        model,
        () -> {
          Map<String, INDArray> mean = moments.mean();
          Layers.parameters(model)
              .forEach(
                  (path, parameter) -> {
                    if (mean.containsKey(path)) {
                      parameter.assign(mean.get(path));
                    }
                  });
          renewStatistics(Noise.seeded(seed).split("mean"));
          return mean;
        });
  }

  private INDArray draws(INDArray x) {
    MonteCarlo predictor = MonteCarlo.atMean(model).batchSize(batchSize);
    Noise noise = Noise.seeded(seed).split("swag");
    StackedDraws all = new StackedDraws(samples);
    for (int s = 0; s < samples; s++) {
      writeDraw(s, noise.split(s));
      all.add(predictor.outputs(x));
    }
    return all.all();
  }

  private void writeDraw(int number, Noise noise) {
    moments.drawInto(noise);
    List<INDArray> arrays = BatchStatistics.arrays(model);
    if (number == statistics.size()) {
      renewStatistics(noise.split("dropout"));
      statistics.add(arrays.stream().map(Detached::copy).toList());
    } else {
      for (int i = 0; i < arrays.size(); i++) {
        Detached.copy(statistics.get(number).get(i), arrays.get(i));
      }
    }
  }

  private void renewStatistics(Noise noise) {
    if (!BatchStatistics.arrays(model).isEmpty()) {
      BatchStatistics.renew(model, this::batches, noise);
    }
  }

  /** The inputs of the training data, in batches of almost equal size. */
  private Iterator<INDArray> batches() {
    int n = Objects.requireNonNull(data).size();
    int steps = (n + batchSize - 1) / batchSize;
    return IntStream.range(0, steps)
        .mapToObj(
            step -> {
              int from = (int) ((long) n * step / steps);
              int to = (int) ((long) n * (step + 1) / steps);
              return data.batch(IntStream.range(from, to).toArray()).inputs();
            })
        .iterator();
  }
}
