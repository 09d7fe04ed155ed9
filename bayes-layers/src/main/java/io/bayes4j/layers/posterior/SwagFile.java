package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.variational.Kl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A SWAG posterior as a file. */
final class SwagFile {
  private static final String KIND = "SWAG";

  private SwagFile() {}

  /** All of it but the training data. */
  record Content(Layer model, WeightMoments moments, int samples, int batchSize, long seed) {}

  static void save(Path file, Content content) throws IOException {
    WeightMoments moments = content.moments;
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("rank", moments.rank());
    settings.put("count", moments.count());
    settings.put("samples", content.samples);
    settings.put("batchSize", content.batchSize);
    settings.put("seed", content.seed);
    PosteriorFile.write(file, KIND, content.model, moments.arrays(), settings);
  }

  static Swag load(Path file, Layer model, @Nullable Dataset data) throws IOException {
    Require.argument(
        Kl.distributions(model).isEmpty(),
        "model must be plain for SWAG, but it has Bayesian weights: %s",
        Kl.distributions(model).keySet());
    PosteriorFile content = PosteriorFile.read(file, KIND);
    int rank = (int) content.number("rank", 0, Integer.MAX_VALUE);
    long count = content.number("count", 2, Long.MAX_VALUE);
    int samples = (int) content.number("samples", 1, Integer.MAX_VALUE);
    int batchSize = (int) content.number("batchSize", 1, Integer.MAX_VALUE);
    long seed = content.number("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    WeightMoments moments;
    try {
      moments = new WeightMoments(model, rank).restored(count, content.rest());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
    content.load(model);
    return new Swag(model, moments, data, samples, batchSize, seed);
  }
}
