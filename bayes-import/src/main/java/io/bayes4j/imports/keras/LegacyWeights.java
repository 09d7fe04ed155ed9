package io.bayes4j.imports.keras;

import io.bayes4j.imports.format.MalformedModelFileException;
import io.jhdf.api.Attribute;
import io.jhdf.api.Group;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

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
  public List<INDArray> of(List<Name> path) throws MalformedModelFileException {
    Group weights = HdfArrays.group(file, "model_weights");
    Group layer = weights == null ? null : HdfArrays.group(weights, path.get(0).own());
    List<INDArray> arrays = new ArrayList<>();
    if (layer != null) {
      for (String name : names(layer)) {
        if (path.size() == 1 || belongs(name, path.get(path.size() - 1).own())) {
          arrays.add(array(layer, name));
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
      Group group = HdfArrays.group(weights, layer);
      List<String> names = group == null ? List.of() : names(group);
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
    Object data = attribute == null || attribute.isEmpty() ? null : attribute.getData();
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

  private static INDArray array(Group layer, String name) throws MalformedModelFileException {
    String[] steps = name.split("/", -1);
    Group group = layer;
    for (int i = 0; i < steps.length - 1 && group != null; i++) {
      group = HdfArrays.group(group, steps[i]);
    }
    INDArray array = group == null ? null : HdfArrays.array(group, steps[steps.length - 1]);
    if (array == null) {
      throw new MalformedModelFileException("weights " + KerasFile.clean(name) + " are missing");
    }
    return array;
  }
}
