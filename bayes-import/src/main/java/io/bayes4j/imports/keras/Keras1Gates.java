package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Require;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The weights of Keras 1's recurrent layers, which has three arrays for each gate: inputs, state
 * and bias.
 */
final class Keras1Gates {
  /** Keras 1 writes the gates i, c, f, o; later ones have them i, f, c, o in one array. */
  private static final int[] LSTM = {0, 2, 1, 3};

  private static final int[] GRU = {0, 1, 2};

  private Keras1Gates() {}

  /** Kernel, recurrent kernel and bias as Keras 2 has them. */
  static List<StoredArray> joined(KerasLayer layer) {
    boolean lstm = layer.type().equals("LSTM");
    int[] order = lstm ? LSTM : GRU;
    boolean apart = layer.weights().size() == 3 * order.length && layer.file().generation() == 1;
    if (!apart) {
      return layer.weights();
    }
    List<StoredArray> joined = new ArrayList<>();
    for (int kind = 0; kind < 3; kind++) {
      List<StoredArray> gates = new ArrayList<>();
      for (int gate : order) {
        gates.add(layer.stored(3 * gate + kind, kind == 2 ? 1 : 2));
      }
      requireAlike(gates);
      joined.add(columns(gates));
    }
    return joined;
  }

  private static void requireAlike(List<StoredArray> gates) {
    for (StoredArray gate : gates) {
      Require.argument(
          Arrays.equals(gate.shape(), gates.get(0).shape()),
          "gates must have one shape, got %s and %s",
          Require.text(gate.shape()),
          Require.text(gates.get(0).shape()));
    }
  }

  /** Matrices, or vectors, side by side. */
  private static StoredArray columns(List<StoredArray> gates) {
    StoredArray first = gates.get(0);
    int units = (int) first.size(first.rank() - 1);
    int width = gates.size() * units;
    float[] all = new float[gates.size() * first.length()];
    for (int gate = 0; gate < gates.size(); gate++) {
      float[] numbers = gates.get(gate).numbers();
      for (int row = 0; row * units < numbers.length; row++) {
        System.arraycopy(numbers, row * units, all, row * width + gate * units, units);
      }
    }
    long[] shape = first.shape();
    shape[shape.length - 1] = width;
    return StoredArray.of(FloatBuffer.wrap(all), shape);
  }
}
