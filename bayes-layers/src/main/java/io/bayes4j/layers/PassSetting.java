package io.bayes4j.layers;

import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.random.Noise;
import org.jspecify.annotations.Nullable;

/**
 * How a pass differs from others.
 *
 * @param memory null for none
 */
record PassSetting(
    Mode mode,
    Noise noise,
    Precision precision,
    long firstExample,
    Pass.Observer observer,
    PassDraws draws,
    DrawInvariantResults settled,
    @Nullable RecurrentMemory memory) {
  PassSetting in(Precision other) {
    return new PassSetting(mode, noise, other, firstExample, observer, draws, settled, memory);
  }

  PassSetting from(long example) {
    return new PassSetting(
        mode, noise, precision, example, observer, draws, DrawInvariantResults.NONE, memory);
  }

  PassSetting drawing(PassDraws others, Pass.Observer other) {
    return new PassSetting(mode, noise, precision, firstExample, other, others, settled, memory);
  }

  PassSetting sharing(DrawInvariantResults results) {
    return new PassSetting(mode, noise, precision, firstExample, observer, draws, results, memory);
  }

  PassSetting remembering(RecurrentMemory other) {
    return new PassSetting(
        mode, noise, precision, firstExample, observer, draws, DrawInvariantResults.NONE, other);
  }
}
