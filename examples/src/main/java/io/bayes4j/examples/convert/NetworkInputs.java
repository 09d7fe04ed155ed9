package io.bayes4j.examples.convert;

import io.bayes4j.examples.Check;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.NpyFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays of NumPy for the inputs of a network. */
final class NetworkInputs {
  private NetworkInputs() {}

  /** What a network calls its inputs. */
  static List<String> names(Layer network) {
    return network instanceof Graph graph ? graph.inputs() : List.of("x");
  }

  /**
   * One array for each input.
   *
   * @param inputs names of the network's inputs
   * @param files a .npy for each input in order, or one .npz of all, whose arrays have the inputs'
   *     names, or those that NumPy gives: arr_0, arr_1 and so on
   * @throws IllegalArgumentException if there is not one array for each input
   */
  static List<INDArray> read(List<String> inputs, List<Path> files) throws IOException {
    List<INDArray> arrays = new ArrayList<>();
    if (files.size() == 1 && files.get(0).toString().endsWith(".npz")) {
      arrays.addAll(ofArchive(inputs, files.get(0)));
    } else {
      Check.argument(
          files.size() == inputs.size(),
          "--data must be given once for each of the network's %d inputs, got %s",
          inputs.size(),
          files);
      for (Path file : files) {
        Check.argument(
            !file.toString().endsWith(".npz"),
            "--data must be one .npz of all inputs, or a .npy for each, got %s",
            files);
        arrays.add(NpyFiles.readNpy(file));
      }
    }
    long examples = arrays.get(0).rank() == 0 ? 0 : arrays.get(0).size(0);
    for (INDArray array : arrays) {
      Check.argument(
          array.rank() > 0 && array.size(0) == examples,
          "--data must have as many examples for each input, got %s",
          arrays.stream().map(a -> Arrays.toString(a.shape())).toList());
    }
    return arrays;
  }

  private static List<INDArray> ofArchive(List<String> inputs, Path file) throws IOException {
    Map<String, INDArray> all = NpyFiles.readNpz(file);
    List<String> numbered = IntStream.range(0, inputs.size()).mapToObj(i -> "arr_" + i).toList();
    for (List<String> names : List.of(inputs, numbered)) {
      if (all.keySet().equals(Set.copyOf(names))) {
        return names.stream().map(all::get).toList();
      }
    }
    throw new IllegalArgumentException(
        String.format(
            Locale.US,
            "--data %s must have one array for each of the network's inputs, named %s or %s, got %s",
            file,
            inputs,
            numbered,
            all.keySet()));
  }
}
