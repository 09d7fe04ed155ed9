package io.bayes4j.core.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Runs the operations that a result needs: as few kernels, and as little memory, as it can. */
final class PlanRun {
  /** Of a result that must stay. */
  private static final int ALWAYS = Integer.MAX_VALUE;

  private final DrawInvariantResults settled;

  /** Whether nothing is recorded any more, so that what nobody reads may go. */
  private final boolean complete;

  /** The step that reads a result, or a view of it, for the last time. */
  private final IdentityHashMap<Var, Integer> lastRead = new IdentityHashMap<>();

  /** Results that show the memory of another one. */
  private final IdentityHashMap<Var, Var> owner = new IdentityHashMap<>();

  private final IdentityHashMap<Var, List<Var>> views = new IdentityHashMap<>();

  PlanRun(DrawInvariantResults settled, boolean complete) {
    this.settled = settled;
    this.complete = complete;
  }

  void compute(Var target) {
    for (Var result : order(target)) {
      result.held().simplify(readBy(result, target));
    }
    List<Var> steps = order(target);
    if (complete) {
      new RoundedResults().choose(steps, target);
      findLastReaders(steps, target);
    }
    for (int step = 0; step < steps.size(); step++) {
      run(steps.get(step), step);
    }
  }

  /**
   * What waits for one reader alone: for others too, or if it is kept for other draws, it must be
   * computed by itself.
   */
  private Predicate<Var> readBy(Var reader, Var target) {
    return x ->
        x != target
            && x.held().waits()
            && x.held().hasOneReader()
            && settled.covers(x) == settled.covers(reader);
  }

  /** What waits to be computed, each behind all that it reads. */
  private static List<Var> order(Var target) {
    List<Var> order = new ArrayList<>();
    Set<Var> done = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Var> open = new ArrayDeque<>();
    open.push(target);
    while (!open.isEmpty()) {
      Var result = open.peek();
      int before = open.size();
      List<Var> reads = result.held().reads();
      for (int i = reads.size() - 1; i >= 0 && !done.contains(result); i--) {
        Var read = reads.get(i);
        if (read.held().waits() && !done.contains(read)) {
          open.push(read);
        }
      }
      if (open.size() == before) {
        open.pop();
        if (done.add(result)) {
          order.add(result);
        }
      }
    }
    return order;
  }

  private void findLastReaders(List<Var> steps, Var target) {
    for (int step = 0; step < steps.size(); step++) {
      Var reader = steps.get(step);
      boolean once = settled.covers(reader);
      for (Var read : reader.held().reads()) {
        boolean lasts = settled.covers(read) && !once;
        lastRead.merge(read, lasts ? ALWAYS : step, Math::max);
      }
    }
    lastRead.put(target, ALWAYS);
    steps.forEach(reader -> reader.held().reads().forEach(this::joinToWhatItShows));
  }

  /** For what was computed before. */
  private void joinToWhatItShows(Var view) {
    if (!owner.containsKey(view) && view.held().isKnown()) {
      Var shown = HeldMemory.shownBy(view.held(), view.held().reads());
      if (shown != null) {
        joinToWhatItShows(shown);
        join(view, shown);
      }
    }
  }

  private void run(Var result, int step) {
    List<Var> reads = result.held().reads();
    if (!complete) {
      result.held().compute();
      return;
    }
    if (overwrites(result, step)) {
      result.held().computeInPlace();
    } else {
      result.held().compute();
    }
    Var shown = HeldMemory.shownBy(result.held(), reads);
    if (shown != null) {
      join(result, shown);
    }
    for (Var read : reads) {
      Var owning = ownerOf(read);
      if (lastRead.getOrDefault(owning, ALWAYS) == step && mayGo(owning)) {
        group(owning).forEach(member -> member.held().release());
        lastRead.put(owning, ALWAYS);
      }
    }
  }

  /** A view lives in the memory of what it shows, which therefore lives as long. */
  private void join(Var view, Var shown) {
    Var owning = ownerOf(shown);
    owner.put(view, owning);
    views.computeIfAbsent(owning, unknown -> new ArrayList<>()).add(view);
    lastRead.merge(owning, lastRead.getOrDefault(view, ALWAYS), Math::max);
  }

  private Var ownerOf(Var result) {
    return owner.getOrDefault(result, result);
  }

  private List<Var> group(Var owning) {
    List<Var> group = new ArrayList<>(views.getOrDefault(owning, List.of()));
    group.add(owning);
    return group;
  }

  private boolean mayGo(Var owning) {
    for (Var member : group(owning)) {
      if (!member.held().canBeComputedAgain()) {
        return false;
      }
    }
    return true;
  }

  /** Whether this is the last step that reads the array which the result may be written into. */
  private boolean overwrites(Var result, int step) {
    Var sum = result.held().overwritable().orElse(null);
    if (sum == null || !sum.held().ownsMemory()) {
      return false;
    }
    return readsOnce(result, sum)
        && lastRead.getOrDefault(sum, ALWAYS) == step
        && !views.containsKey(sum)
        && mayGo(sum);
  }

  private boolean readsOnce(Var reader, Var owning) {
    int count = 0;
    for (Var read : reader.held().reads()) {
      count += ownerOf(read) == owning ? 1 : 0;
    }
    return count == 1;
  }
}
