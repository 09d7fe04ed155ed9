package io.bayes4j.imports.keras;

import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.keras.KerasModel.Call;
import io.bayes4j.imports.keras.KerasModel.Ref;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The calls of a functional model in an order in which they can be made. */
final class Calls {
  private Calls() {}

  /**
   * Sorts them, each after those that it reads.
   *
   * @throws MalformedModelFileException if one reads what there is not, or what waits for itself
   */
  static List<Call> sorted(List<Call> calls) throws MalformedModelFileException {
    Map<Ref, Call> byResult = new LinkedHashMap<>();
    Map<Ref, List<Ref>> readers = new HashMap<>();
    Map<Ref, Integer> waiting = new HashMap<>();
    for (Call call : calls) {
      byResult.put(call.result(), call);
      waiting.put(call.result(), call.inputs().size());
      call.inputs()
          .forEach(in -> readers.computeIfAbsent(in, key -> new ArrayList<>()).add(call.result()));
    }
    Deque<Ref> ready = new ArrayDeque<>();
    byResult.forEach(
        (ref, call) -> {
          if (call.inputs().isEmpty()) {
            ready.add(ref);
          }
        });
    List<Call> sorted = new ArrayList<>();
    while (!ready.isEmpty()) {
      Ref next = ready.remove();
      sorted.add(byResult.get(next));
      for (Ref reader : readers.getOrDefault(next, List.of())) {
        if (waiting.merge(reader, -1, Integer::sum) == 0) {
          ready.add(reader);
        }
      }
    }
    if (sorted.size() < byResult.size()) {
      throw new MalformedModelFileException(
          "layers must read each other without cycles, and layers that there are");
    }
    return sorted;
  }
}
