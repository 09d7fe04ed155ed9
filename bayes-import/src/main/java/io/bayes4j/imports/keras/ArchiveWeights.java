package io.bayes4j.imports.keras;

import io.bayes4j.imports.format.MalformedModelFileException;
import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Weights as an archive has them: under {@code layers}, a group for each layer by its class and
 * number, with the weights numbered in {@code vars}; those of a cell or an inner layer one group
 * below.
 */
final class ArchiveWeights implements KerasWeights {
  /** Where Keras 3 has the layers of a model, and where tf.keras had them. */
  private static final List<String> LAYERS = List.of("layers", "_layer_checkpoint_dependencies");

  /** What layers have inside that has weights; others hold the state of random generators. */
  private static final List<String> PARTS =
      List.of(
          "cell",
          "layer",
          "forward_layer",
          "backward_layer",
          "query_dense",
          "key_dense",
          "value_dense",
          "output_dense");

  private final Group file;

  ArchiveWeights(Group file) {
    this.file = file;
  }

  @Override
  public List<StoredArray> of(List<Name> path) throws MalformedModelFileException {
    Group group = file;
    for (Name name : path) {
      Optional<Group> layer = layer(group, name.byClass());
      if (layer.isEmpty()) {
        return List.of();
      }
      group = layer.get();
    }
    List<StoredArray> arrays = new ArrayList<>();
    collect(group, new HashSet<>(), arrays);
    return arrays;
  }

  private static Optional<Group> layer(Group model, String byClass)
      throws MalformedModelFileException {
    for (String name : LAYERS) {
      Optional<Group> layers = HdfArrays.group(model, name);
      if (layers.isPresent()) {
        return HdfArrays.group(layers.get(), byClass);
      }
    }
    return Optional.empty();
  }

  /** Arrays of a layer and of its parts, of which a forged file may make a loop. */
  private static void collect(Group layer, Set<Long> seen, List<StoredArray> arrays)
      throws MalformedModelFileException {
    if (!seen.add(layer.getAddress())) {
      throw new MalformedModelFileException(
          KerasFile.clean(layer.getPath())
              + " must be a group of its own, is there under two names");
    }
    Optional<Group> vars = HdfArrays.group(layer, "vars");
    if (vars.isPresent()) {
      Optional<StoredArray> next = HdfArrays.array(vars.get(), "0");
      for (int i = 1; next.isPresent(); i++) {
        arrays.add(next.get());
        next = HdfArrays.array(vars.get(), Integer.toString(i));
      }
    }
    for (String part : PARTS) {
      Optional<Group> inner = HdfArrays.group(layer, part);
      if (inner.isPresent()) {
        collect(inner.get(), seen, arrays);
      }
    }
  }
}
