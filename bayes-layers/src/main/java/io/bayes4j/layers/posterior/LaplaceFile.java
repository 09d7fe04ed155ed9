package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A last-layer Laplace posterior as a file. */
final class LaplaceFile {
  private static final String KIND = "last-layer Laplace";

  private LaplaceFile() {}

  /** All of it but the network. */
  record Content(
      LastLinear layer,
      Likelihood.Kind likelihood,
      LaplaceCovariance covariance,
      LaplaceMoments moments,
      double logLikelihood,
      double precision,
      int samples,
      int batchSize,
      long seed) {}

  static void save(Path file, Content content) throws IOException {
    LastLinear layer = content.layer;
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("layer", layer.path());
    settings.put("likelihood", content.likelihood);
    settings.put("covariance", content.covariance);
    settings.put("logLikelihood", content.logLikelihood);
    settings.put("priorPrecision", content.precision);
    settings.put("samples", content.samples);
    settings.put("batchSize", content.batchSize);
    settings.put("seed", content.seed);
    Map<String, INDArray> arrays = new LinkedHashMap<>(content.moments.curvature().arrays());
    arrays.put("mean", Matrices.floats(content.moments.mean(), layer.units(), layer.perUnit()));
    PosteriorFile.write(file, KIND, layer.model(), arrays, settings);
  }

  static Content load(Path file, Layer model) throws IOException {
    PosteriorFile content = PosteriorFile.read(file, KIND);
    LastLinear layer = LastLinear.at(model, linear(content, model), content.word("layer"));
    LaplaceCovariance covariance = constant(content, "covariance", LaplaceCovariance.values());
    Likelihood.Kind likelihood = constant(content, "likelihood", Likelihood.Kind.values());
    double precision = content.finite("priorPrecision");
    if (precision <= 0) {
      throw content.malformed("priorPrecision", String.valueOf(precision), null);
    }
    double[] mean = Matrices.doubles(content.floats("mean", layer.units(), layer.perUnit()));
    Curvature curvature = covariance.read(content, layer.units(), layer.perUnit());
    Content all =
        new Content(
            layer,
            likelihood,
            covariance,
            new LaplaceMoments(mean, curvature),
            content.finite("logLikelihood"),
            precision,
            (int) content.number("samples", 1, Integer.MAX_VALUE),
            (int) content.number("batchSize", 1, Integer.MAX_VALUE),
            content.number("seed", Long.MIN_VALUE, Long.MAX_VALUE));
    content.load(model);
    return all;
  }

  private static Linear linear(PosteriorFile content, Layer model) throws IOException {
    String path = content.word("layer");
    Layer found =
        Layers.of(model).stream()
            .filter(place -> place.path().equals(path))
            .map(Layers.Located::layer)
            .findFirst()
            .orElse(null);
    Require.argument(
        found instanceof Linear,
        "%s: the model must have a Linear at \"%s\", the last layer of the posterior's, has %s",
        content.file(),
        path,
        found == null ? "nothing" : found);
    return (Linear) Objects.requireNonNull(found);
  }

  private static <T extends Enum<T>> T constant(PosteriorFile content, String name, T[] constants)
      throws IOException {
    String word = content.word(name);
    for (T constant : constants) {
      if (constant.name().equals(word)) {
        return constant;
      }
    }
    throw content.malformed(name, word + ", not one of " + Arrays.toString(constants), null);
  }
}
