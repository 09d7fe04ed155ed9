package io.bayes4j.quant;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What the layers of a network were given while it ran on the data of a calibration. */
final class Observations implements Pass.Observer {
  /** Examples of an input that are kept to compare layers on. */
  private static final int MOST_EXAMPLES = 32;

  /** Floats of an input that are kept, more only if a single example has more. */
  private static final long MOST_FLOATS = 1 << 20;

  private final Set<Layer> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
  private final IdentityHashMap<Layer, ActivationHistogram> histograms = new IdentityHashMap<>();
  private final IdentityHashMap<Layer, INDArray> samples = new IdentityHashMap<>();

  /** For each normalisation the layer whose result it was given, null if there are several. */
  private final IdentityHashMap<BatchNorm, Layer> sources = new IdentityHashMap<>();

  private final IdentityHashMap<Layer, Integer> runs = new IdentityHashMap<>();
  private final IdentityHashMap<Var, Layer> results = new IdentityHashMap<>();
  private @Nullable Layer first;

  Observations(Collection<Layer> layers) {
    wanted.addAll(layers);
  }

  /** Begins a pass. */
  void begin() {
    results.clear();
    runs.clear();
  }

  @Override
  public void runs(String path, Layer layer, List<Var> inputs) {
    if (layer instanceof BatchNorm norm) {
      Layer source = results.get(Require.one(inputs, "inputs"));
      boolean again = runs.merge(layer, 1, Integer::sum) > 1;
      boolean other = sources.containsKey(norm) && sources.get(norm) != source;
      sources.put(norm, again || other ? null : source);
    }
    if (wanted.contains(layer)) {
      first = first == null ? layer : first;
      observe(path, layer, Require.one(inputs, "inputs").value());
    }
  }

  private void observe(String path, Layer layer, INDArray input) {
    try {
      histograms.computeIfAbsent(layer, l -> new ActivationHistogram()).add(input);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("at layer \"" + path + "\": " + e.getMessage(), e);
    }
    samples.computeIfAbsent(layer, l -> sample(input));
  }

  private static INDArray sample(INDArray input) {
    long fit = Math.max(1, MOST_FLOATS / (input.length() / input.size(0)));
    long examples = Math.min(input.size(0), Math.min(MOST_EXAMPLES, fit));
    return Detached.copy(input.get(NDArrayIndex.interval(0, examples)));
  }

  @Override
  public void saw(String path, Layer layer, Var output) {
    if (wanted.contains(layer)) {
      boolean again = runs.merge(layer, 1, Integer::sum) > 1;
      // A layer that runs twice in a pass is followed by two things.
      results.put(output, again ? null : layer);
    }
  }

  /** Whether a layer ran. */
  boolean saw(Layer layer) {
    return histograms.containsKey(layer);
  }

  /** Whether a layer was the first of those watched that ran. */
  boolean isFirst(Layer layer) {
    return layer == first;
  }

  ActivationHistogram histogram(Layer layer) {
    return Require.entry(histograms, layer);
  }

  /** Some of what a layer was given. */
  INDArray sample(Layer layer) {
    return Require.entry(samples, layer);
  }

  /** The layer whose result is all that a normalisation was ever given, or null. */
  @Nullable Layer source(BatchNorm norm) {
    Layer source = sources.get(norm);
    return source != null && runs.getOrDefault(source, 0) == 1 ? source : null;
  }
}
