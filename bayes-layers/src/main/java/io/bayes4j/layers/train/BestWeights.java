package io.bayes4j.layers.train;

import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.StateDict;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The state of a model after the best epoch so far, by an {@link EarlyStopping} rule. */
final class BestWeights {
  private final Layer model;
  private final @Nullable EarlyStopping rule;
  private Map<String, INDArray> state = Map.of();

  BestWeights(Layer model, @Nullable EarlyStopping rule) {
    this.model = model;
    this.rule = rule;
  }

  /** Whether there is a best epoch before the last one, whose state a checkpoint has to hold. */
  boolean isOlderThan(List<EpochRecord> history) {
    int best = rule == null || !rule.restoresBest() ? 0 : rule.bestEpoch(history);
    return best > 0 && best < history.size();
  }

  /** The state of the best epoch: copies. */
  Map<String, INDArray> state() {
    return state;
  }

  /** Goes on from what a checkpoint held; nothing if its own state is the best. */
  void resume(List<EpochRecord> history, Map<String, INDArray> older) {
    if (isOlderThan(history)) {
      state = older;
    } else {
      look(history);
    }
  }

  /** Keeps the model's state if the last epoch is the best. */
  void look(List<EpochRecord> history) {
    if (rule != null
        && rule.restoresBest()
        && !history.isEmpty()
        && rule.bestEpoch(history) == history.size()) {
      state = StateDict.copyOf(model);
    }
  }

  /** Puts the state of the best epoch into the model, if the last one was another. */
  void restore(List<EpochRecord> history) {
    if (isOlderThan(history)) {
      StateDict.load(model, state);
    }
  }
}
