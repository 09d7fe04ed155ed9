package io.bayes4j.imports.keras;

import io.bayes4j.imports.format.MalformedModelFileException;
import io.jhdf.api.Attribute;
import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Weights as the HDF5 files of all Keras versions have them: a group for each layer of the model,
 * whose attribute weight_names lists its datasets in order. Those of a model in the model are among
 * the outer layer's, by paths that begin with the inner layer's name.
 */
final class LegacyWeights implements KerasWeights {
  private static final int MOST_NAMES = 100_000;

  private final Group file;

  LegacyWeights(Group file) {
    this.file = file;
  }

  @Override
  public List<StoredArray> of(List<Name> path) throws MalformedModelFileException {
    Optional<Group> layer = descendant(file, "model_weights", path.get(0).own());
    List<StoredArray> arrays = new ArrayList<>();
    if (layer.isPresent()) {
      for (String name : names(layer.get())) {
        if (path.size() == 1 || belongs(name, path.get(path.size() - 1).own())) {
          arrays.add(array(layer.get(), name));
        }
      }
    }
    return arrays;
  }

  /**
   * Whether TensorFlow has named the weights: it ends their names in ":0", and Theano does not. The
   * files of Keras 1 say it in no other way.
   */
  static boolean namedByTensorFlow(Group weights) throws MalformedModelFileException {
    for (String layer : weights.getChildren().keySet()) {
      Optional<Group> group = HdfArrays.group(weights, layer);
      List<String> names = group.isPresent() ? names(group.get()) : List.of();
      if (!names.isEmpty()) {
        return names.get(0).endsWith(":0");
      }
    }
    return true;
  }

  private static boolean belongs(String name, String layer) {
    return name.startsWith(layer + "/") || name.contains("/" + layer + "/");
  }

  private static List<String> names(Group layer) throws MalformedModelFileException {
    Attribute attribute = layer.getAttribute("weight_names");
    // An attribute of an empty list has no data at all.
    if (attribute == null || attribute.isEmpty()) {
      return List.of();
    }
    Object data = attribute.getData();
    if (data instanceof String[] names && names.length <= MOST_NAMES) {
      return List.of(names);
    }
    boolean none = data == null || (data.getClass().isArray() && attribute.getSize() == 0);
    if (!none) {
      throw new MalformedModelFileException(
          "weight_names of " + KerasFile.clean(layer.getName()) + " must be a list of texts");
    }
    return List.of();
  }

  private static StoredArray array(Group layer, String name) throws MalformedModelFileException {
    String[] steps = name.split("/", -1);
    Optional<Group> group = descendant(layer, Arrays.copyOf(steps, steps.length - 1));
    Optional<StoredArray> array =
        group.isPresent()
            ? HdfArrays.array(group.get(), steps[steps.length - 1])
            : Optional.empty();
    return array.orElseThrow(
        () -> new MalformedModelFileException("weights " + KerasFile.clean(name) + " are missing"));
  }

  /** The group that is reached by these names; empty if one of them is not there. */
  private static Optional<Group> descendant(Group from, String... names)
      throws MalformedModelFileException {
    Optional<Group> group = Optional.of(from);
    for (int i = 0; i < names.length && group.isPresent(); i++) {
      group = HdfArrays.group(group.get(), names[i]);
    }
    return group;
  }
}
