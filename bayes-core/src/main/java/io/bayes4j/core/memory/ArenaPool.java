package io.bayes4j.core.memory;

import io.bayes4j.core.internal.Later;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Room;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Arenas for one kind of work, lent for a piece of it and given back: as many as there are pieces
 * at once, whichever threads do them and however many of these come and go. What nobody has needed
 * for some seconds is freed, and sooner where a large array would be refused otherwise.
 */
public final class ArenaPool {
  private static final long IDLE_SECONDS = 10;
  private static final long IDLE_NANOSECONDS = IDLE_SECONDS * 1_000_000_000;

  /** Arenas that nobody uses, the one used last on top. */
  private final Deque<Idle> idle = new ArrayDeque<>();

  private final LongSupplier nanoTime;
  private final Consumer<Runnable> later;
  private final Runnable freeing = this::freeIdle;
  private boolean trimming;

  /** An arena and since when nobody uses it. */
  private record Idle(Arena arena, long since) {}

  /** A pool without arenas. */
  public ArenaPool() {
    this(System::nanoTime, chore -> Later.in(IDLE_SECONDS, chore));
  }

  /**
   * A pool without arenas.
   *
   * @param nanoTime the time
   * @param later runs something when the idle time has passed
   */
  ArenaPool(LongSupplier nanoTime, Consumer<Runnable> later) {
    this.nanoTime = nanoTime;
    this.later = later;
    Room.askBeforeRefusing(freeing);
  }

  /** Runs a piece of work with an arena that nobody else uses meanwhile. */
  public <T> T lend(Function<Arena, T> work) {
    Require.nonNull(work, "work");
    Arena arena = take();
    try {
      return work.apply(arena);
    } finally {
      giveBack(arena);
    }
  }

  /** Runs a piece of work in a scope of an arena: see {@link Arena#scope}. */
  public <T> T scope(Function<Arena, T> work) {
    Require.nonNull(work, "work");
    return lend(arena -> arena.scope(() -> work.apply(arena)));
  }

  /** Bytes of the arenas that nobody uses. */
  public synchronized long idleBytes() {
    return idle.stream().mapToLong(entry -> entry.arena.bytes()).sum();
  }

  /** Frees the arenas that nobody uses, however short a time. */
  private void freeIdle() {
    List<Arena> all = new ArrayList<>();
    synchronized (this) {
      idle.forEach(entry -> all.add(entry.arena));
      idle.clear();
    }
    all.forEach(Arena::close);
  }

  private synchronized Arena take() {
    Idle last = idle.pollFirst();
    return last == null ? new Arena() : last.arena;
  }

  private synchronized void giveBack(Arena arena) {
    idle.addFirst(new Idle(arena, nanoTime.getAsLong()));
    trimLater();
  }

  private void trimLater() {
    if (!trimming) {
      trimming = true;
      later.accept(this::trim);
    }
  }

  /** Frees the arenas that have been idle for long. */
  private void trim() {
    List<Arena> old = new ArrayList<>();
    synchronized (this) {
      trimming = false;
      long now = nanoTime.getAsLong();
      while (!idle.isEmpty() && now - idle.getLast().since >= IDLE_NANOSECONDS) {
        old.add(idle.removeLast().arena);
      }
      if (!idle.isEmpty()) {
        trimLater();
      }
    }
    old.forEach(Arena::close);
  }
}
