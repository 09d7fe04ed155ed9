package io.bayes4j.layers.train;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A data set whose examples count more or less often. */
final class WeightedDataset implements Dataset {
  private final Dataset data;
  private final float[] weights;

  WeightedDataset(Dataset data, double... given) {
    Require.argument(given != null, "weights must not be null");
    Require.argument(
        given.length == data.size(),
        "weights must be %d, one for each example, got %d",
        data.size(),
        given.length);
    weights = new float[given.length];
    boolean any = false;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) given[i];
      Require.argument(
          weights[i] >= 0 && Float.isFinite(weights[i]),
          "weights[%d] must be finite and >= 0, got %s",
          i,
          given[i]);
      any |= weights[i] > 0;
    }
    Require.argument(any, "weights must not all be zero, got %s", Arrays.toString(given));
    this.data = data;
  }

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public String fingerprint() {
    return data.fingerprint() + " weighted #" + Integer.toHexString(Arrays.hashCode(weights));
  }

  @Override
  public Batch batch(int... indices) {
    Batch batch = data.batch(indices);
    float[] own = new float[indices.length];
    float[] before = new float[indices.length];
    Arrays.fill(before, 1);
    if (batch.weights() != null) {
      FloatMemory.reading(batch.weights(), "weights").read(0, before, before.length);
    }
    for (int i = 0; i < own.length; i++) {
      own[i] = before[i] * weights[indices[i]];
    }
    INDArray array = Arena.allocate(own.length);
    FloatMemory.of(array, "weights").write(0, own, own.length);
    return new Batch(batch.inputs(), batch.targets(), array);
  }
}
