package io.bayes4j.layers.io;

import io.bayes4j.layers.io.PickleValue.Dictionary;
import io.bayes4j.layers.io.PickleValue.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Finds the state dict in what was saved: the dictionary of tensors itself, or one in it, as
 * checkpoints of training programs have it beside epochs and optimizers.
 */
final class TorchStateFinder {
  /** What checkpoints call the weights of the model, the usual first. */
  private static final List<String> USUAL =
      List.of(
          "state_dict",
          "model_state_dict",
          "model_state",
          "model",
          "module",
          "net",
          "network",
          "weights",
          "params",
          "ema_state_dict",
          "params_ema");

  /** Dictionaries of tensors that are no weights. */
  private static final List<String> OTHERS =
      List.of("optimizer", "optimizer_state_dict", "optim", "lr_scheduler", "scaler", "amp");

  private static final int MOST_DEPTH = 3;

  /** Dictionaries that are looked into. */
  private static final int MOST_VISITS = 10_000;

  private final Map<String, Dictionary> found = new LinkedHashMap<>();
  private int visits;

  private TorchStateFinder() {}

  /**
   * A state dict.
   *
   * @param place its keys in the file, joined by dots; empty if it is all that was saved
   * @param tensors by name
   * @param others names of what is no tensor
   */
  record Found(String place, Map<String, Tensor> tensors, List<String> others) {}

  static Found in(Object saved, Origin origin) throws MalformedTensorFileException {
    if (!(saved instanceof Dictionary top)) {
      throw origin.malformed(
          "must hold a state dict, holds "
              + (saved instanceof Tensor ? "a single tensor" : "something else")
              + "; in Python, save the weights with torch.save(model.state_dict(), \"model.pt\")");
    }
    TorchStateFinder finder = new TorchStateFinder();
    finder.visit("", top, 0);
    if (!finder.found.isEmpty()) {
      String best = finder.best(origin);
      return split(best, Objects.requireNonNull(finder.found.get(best)));
    }
    if (!hasTensors(top)) {
      throw origin.malformed("must hold a state dict, but no dictionary in it has tensors");
    }
    return split("", top);
  }

  /** Looks for dictionaries of tensors below one. */
  private void visit(String place, Dictionary dictionary, int depth) {
    for (Map.Entry<String, Object> entry : dictionary.entries().entrySet()) {
      boolean follow = entry.getValue() instanceof Dictionary && ++visits <= MOST_VISITS;
      if (!follow || OTHERS.contains(entry.getKey())) {
        continue;
      }
      Dictionary inner = (Dictionary) entry.getValue();
      String path = place.isEmpty() ? entry.getKey() : place + "." + entry.getKey();
      if (hasTensors(inner)) {
        found.put(path, inner);
      } else if (depth < MOST_DEPTH) {
        visit(path, inner, depth + 1);
      }
    }
  }

  private String best(Origin origin) throws MalformedTensorFileException {
    for (String usual : USUAL) {
      for (String place : found.keySet()) {
        if (place.equals(usual)) {
          return place;
        }
      }
    }
    if (found.size() > 1) {
      throw origin.malformed(
          "holds several state dicts, "
              + found.keySet().stream().limit(20).map(Origin::quote).toList()
              + ": in Python, save the one to load with torch.save");
    }
    return found.keySet().iterator().next();
  }

  private static boolean hasTensors(Dictionary dictionary) {
    return dictionary.entries().values().stream().anyMatch(Tensor.class::isInstance);
  }

  private static Found split(String place, Dictionary dictionary) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<String> others = new ArrayList<>();
    dictionary
        .entries()
        .forEach(
            (name, value) -> {
              if (value instanceof Tensor tensor) {
                tensors.put(name, tensor);
              } else {
                others.add(name);
              }
            });
    return new Found(place, tensors, others);
  }
}
