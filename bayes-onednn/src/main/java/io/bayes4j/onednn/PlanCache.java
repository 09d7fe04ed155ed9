package io.bayes4j.onednn;

import java.util.LinkedHashMap;
import java.util.Map;

/** The plans used last, by key. */
final class PlanCache {
  private final int capacity;
  private final Map<PlanKey, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);

  PlanCache(int capacity) {
    this.capacity = capacity;
  }

  /** The plan of a key, compiled if need be; the caller releases it. */
  synchronized Plan hold(PlanKey key) {
    Plan plan = plans.get(key);
    if (plan == null) {
      plan = PlanBuilder.compile(key);
      plans.put(key, plan);
      if (plans.size() > capacity) {
        var eldest = plans.entrySet().iterator();
        eldest.next().getValue().release();
        eldest.remove();
      }
    }
    plan.hold();
    return plan;
  }

  synchronized int size() {
    return plans.size();
  }
}
