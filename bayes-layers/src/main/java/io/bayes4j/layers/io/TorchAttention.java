package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.AttentionSpec;
import java.util.ArrayList;
import java.util.Arrays;
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

  /**
   * Replaces the projections of attention by what PyTorch has in their place: their biases in one
   * array, and their weights, too, unless keys or values have a number of features of their own.
   *
   * @param path of the attention
   * @param all arrays of the model
   * @throws IllegalArgumentException if a projection is no longer a dense layer of that size
   */
  static void pack(String path, AttentionSpec spec, Map<String, INDArray> all) {
    String place = path.isEmpty() ? "" : path + ".";
    List<Long> inputs = List.of(spec.units(), spec.keyInputs(), spec.valueInputs());
    List<INDArray> weights = new ArrayList<>();
    List<INDArray> biases = new ArrayList<>();
    for (int i = 0; i < PROJECTIONS.size(); i++) {
      String projection = place + PROJECTIONS.get(i) + ".";
      weights.add(take(projection + "weight", all, spec.units(), inputs.get(i)));
      if (spec.bias()) {
        biases.add(take(projection + "bias", all, spec.units()));
      }
      requireNoMore(projection, all);
    }
    if (inputs.stream().allMatch(length -> length == spec.units())) {
      all.put(place + PACKED + "weight", rows(weights));
    } else {
      for (int i = 0; i < PROJECTIONS.size(); i++) {
        all.put(place + PROJECTIONS.get(i) + "_weight", weights.get(i));
      }
    }
    if (spec.bias()) {
      all.put(place + PACKED + "bias", rows(biases));
    }
  }

  private static INDArray take(String name, Map<String, INDArray> all, long... shape) {
    INDArray array = all.remove(name);
    if (array == null || !Arrays.equals(array.shape(), shape)) {
      throw new IllegalArgumentException(
          name
              + " must be an array of shape "
              + Arrays.toString(shape)
              + ", which PyTorch's attention packs, got "
              + (array == null ? "none" : Arrays.toString(array.shape())));
    }
    return array;
  }

  private static void requireNoMore(String projection, Map<String, INDArray> all) {
    List<String> rest = all.keySet().stream().filter(n -> n.startsWith(projection)).toList();
    Require.argument(
        rest.isEmpty(),
        "PyTorch's attention must have a place for all arrays, has none for %s",
        rest);
  }

  /** Arrays of one shape as one, the rows of the first first. */
  private static INDArray rows(List<INDArray> arrays) {
    long[] shape = arrays.get(0).shape();
    shape[0] *= arrays.size();
    return Detached.reshape(Detached.stack(arrays), shape);
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
