package io.bayes4j.layers.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Two listeners that each hear of everything. */
record BothListeners(TrainingListener first, TrainingListener second) implements TrainingListener {
  /** What sets a state apart from another one of the same names. */
  private static final String SECOND = "second/";

  @Override
  public void step(int epoch, int step, int steps, double loss) {
    first.step(epoch, step, steps, loss);
    second.step(epoch, step, steps, loss);
  }

  @Override
  public void epoch(EpochRecord record) {
    first.epoch(record);
    second.epoch(record);
  }

  @Override
  public void warning(String message) {
    first.warning(message);
    second.warning(message);
  }

  @Override
  public Map<String, INDArray> state() {
    Map<String, INDArray> both = new LinkedHashMap<>(first.state());
    // Names alone say whose a state is, so that others may hear the resumed run, too.
    second.state().forEach((name, array) -> both.put(free(name, both), array));
    return both;
  }

  private static String free(String name, Map<String, INDArray> taken) {
    return taken.containsKey(name) ? free(SECOND + name, taken) : name;
  }

  @Override
  public Runnable restoring(Map<String, INDArray> state, int epochs) {
    Runnable one = first.restoring(state, epochs);
    Map<String, INDArray> rest = new LinkedHashMap<>();
    state.forEach(
        (name, array) ->
            rest.put(name.startsWith(SECOND) ? name.substring(SECOND.length()) : name, array));
    Runnable two = second.restoring(rest, epochs);
    state.clear();
    state.putAll(rest);
    return () -> {
      one.run();
      two.run();
    };
  }
}
