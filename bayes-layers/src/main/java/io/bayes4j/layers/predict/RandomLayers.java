package io.bayes4j.layers.predict;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.StochasticDepth;
import io.bayes4j.layers.variational.VariationalLayer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What makes draws of a model differ. */
final class RandomLayers {
  private static final int CHUNK = 4096;

  private RandomLayers() {}

  /** Whether the library knows of a layer in the model that is random in passes of a mode. */
  static boolean in(Layer model, Mode mode) {
    return Layers.of(model).stream()
        .map(Layers.Located::layer)
        .anyMatch(
            layer ->
                (mode.drawsWeights() && (layer instanceof VariationalLayer || layer.drawsWeights()))
                    || (mode.dropout() && drops(layer)));
  }

  /** Whether a layer drops something in passes with dropout. */
  static boolean drops(Layer layer) {
    if (layer instanceof Dropout dropout) {
      return dropout.p() > 0;
    }
    if (layer instanceof StochasticDepth depth) {
      return depth.p() > 0;
    }
    return layer instanceof Recurrent recurrent && recurrent.op().spec().dropout() > 0;
  }

  /**
   * Whether two of the draws [samples, ...] differ in a bit, as a layer of a user's may make them.
   */
  static boolean differ(INDArray all) {
    FloatMemory memory = FloatMemory.of(all, "outputs");
    long each = all.length() / all.size(0);
    float[] first = new float[CHUNK];
    float[] other = new float[CHUNK];
    for (long from = 0; from < each; from += CHUNK) {
      int n = (int) Math.min(CHUNK, each - from);
      memory.read(from, first, n);
      for (long draw = 1; draw < all.size(0); draw++) {
        memory.read(draw * each + from, other, n);
        if (Arrays.mismatch(first, 0, n, other, 0, n) >= 0) {
          return true;
        }
      }
    }
    return false;
  }
}
