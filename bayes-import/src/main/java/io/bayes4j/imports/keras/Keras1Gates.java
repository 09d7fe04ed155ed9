package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

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
  static List<INDArray> joined(KerasLayer layer) {
    boolean lstm = layer.type().equals("LSTM");
    int[] order = lstm ? LSTM : GRU;
    boolean apart = layer.weights().size() == 3 * order.length && layer.file().generation() == 1;
    if (!apart) {
      return layer.weights();
    }
    List<INDArray> joined = new ArrayList<>();
    for (int kind = 0; kind < 3; kind++) {
      List<INDArray> gates = new ArrayList<>();
      for (int gate : order) {
        gates.add(layer.weight(3 * gate + kind, kind == 2 ? 1 : 2));
      }
      requireAlike(gates);
      joined.add(kind == 2 ? bias(gates) : columns(gates));
    }
    return joined;
  }

  private static void requireAlike(List<INDArray> gates) {
    for (INDArray gate : gates) {
      Require.argument(
          Arrays.equals(gate.shape(), gates.get(0).shape()),
          "gates must have one shape, got %s and %s",
          Arrays.toString(gate.shape()),
          Arrays.toString(gates.get(0).shape()));
    }
  }

  private static INDArray bias(List<INDArray> gates) {
    long units = gates.get(0).length();
    INDArray all = Detached.zeros(gates.size() * units);
    for (int gate = 0; gate < gates.size(); gate++) {
      Detached.copy(gates.get(gate), Detached.view(all, gate * units, new long[] {units}, 1));
    }
    return all;
  }

  private static INDArray columns(List<INDArray> gates) {
    long rows = gates.get(0).size(0);
    long units = gates.get(0).size(1);
    long width = gates.size() * units;
    INDArray all = Detached.zeros(rows, width);
    for (int gate = 0; gate < gates.size(); gate++) {
      INDArray place = Detached.view(all, gate * units, new long[] {rows, units}, width, 1);
      Detached.copy(gates.get(gate), place);
    }
    return all;
  }
}
