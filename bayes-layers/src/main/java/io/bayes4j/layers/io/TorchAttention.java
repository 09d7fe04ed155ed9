package io.bayes4j.layers.io;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The arrays of PyTorch's attention by our names: there, the projections of queries, keys and
 * values are no layers and share one array.
 */
final class TorchAttention {
  /** Our names of the projections, in the order in which PyTorch stacks their rows. */
  private static final List<String> PROJECTIONS = List.of("q_proj", "k_proj", "v_proj");

  private static final String PACKED = "in_proj_";

  private TorchAttention() {}

  /** The names of an array's parts in the model; that of the array itself if it is not packed. */
  static List<String> parts(String name, Set<String> own) {
    int dot = name.lastIndexOf('.') + 1;
    String place = name.substring(0, dot);
    String last = name.substring(dot);
    if (isAttention(place, own)) {
      for (String kind : List.of("weight", "bias")) {
        if (last.equals(PACKED + kind)) {
          return PROJECTIONS.stream().map(part -> place + part + "." + kind).toList();
        }
      }
      for (String projection : PROJECTIONS) {
        if (last.equals(projection + "_weight")) {
          return List.of(place + projection + ".weight");
        }
      }
    }
    return List.of(name);
  }

  /**
   * What an array is in the model: three rows of blocks if it is packed, else itself.
   *
   * @param name PyTorch's name
   * @param own names of the model's arrays, which decide whether there is attention at this place
   */
  static Map<String, INDArray> unpack(String name, INDArray array, Set<String> own) {
    int dot = name.lastIndexOf('.') + 1;
    String place = name.substring(0, dot);
    String last = name.substring(dot);
    for (String kind : List.of("weight", "bias")) {
      if (last.equals(PACKED + kind)
          && isAttention(place, own)
          && array.rank() > 0
          && array.size(0) % PROJECTIONS.size() == 0) {
        return split(place, "." + kind, array);
      }
    }
    for (String projection : PROJECTIONS) {
      if (last.equals(projection + "_weight") && isAttention(place, own)) {
        return Map.of(place + projection + ".weight", array);
      }
    }
    return Map.of(name, array);
  }

  private static boolean isAttention(String place, Set<String> own) {
    return own.stream().anyMatch(name -> name.startsWith(place + PROJECTIONS.get(0) + ".weight"));
  }

  private static Map<String, INDArray> split(String place, String ending, INDArray packed) {
    long rows = packed.size(0) / PROJECTIONS.size();
    Map<String, INDArray> parts = new LinkedHashMap<>();
    for (int i = 0; i < PROJECTIONS.size(); i++) {
      INDArray part = packed.get(NDArrayIndex.interval(i * rows, (i + 1) * rows));
      parts.put(place + PROJECTIONS.get(i) + ending, part);
    }
    return parts;
  }
}
