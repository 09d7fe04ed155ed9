package io.bayes4j.onednn;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The cuts found last: finding one takes longer than many a small kernel. */
final class Cuts {
  private final int capacity;
  private final Map<Cut.Request, Cut> cuts = new ConcurrentHashMap<>();

  Cuts(int capacity) {
    this.capacity = capacity;
  }

  Cut of(Cut.Request request) {
    Cut known = cuts.get(request);
    if (known != null) {
      return known;
    }
    Cut cut = Cut.of(request);
    if (cuts.size() >= capacity) {
      cuts.clear();
    }
    cuts.put(request, cut);
    return cut;
  }
}
