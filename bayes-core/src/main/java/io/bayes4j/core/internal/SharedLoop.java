package io.bayes4j.core.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** One loop over chunks, on which any number of threads may work until no chunk is left. */
final class SharedLoop {
  private final long n;
  private final int grain;
  private final long chunks;
  private final Parallel.RangeTask task;
  private final Thread caller = Thread.currentThread();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong finished = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  SharedLoop(long n, int grain, Parallel.RangeTask task) {
    this.n = n;
    this.grain = grain;
    this.chunks = (n + grain - 1) / grain;
    this.task = task;
  }

  /** Takes chunks until none is left. */
  void work() {
    for (long chunk = begun.getAndIncrement(); chunk < chunks; chunk = begun.getAndIncrement()) {
      run(chunk);
      if (finished.incrementAndGet() == chunks) {
        LockSupport.unpark(caller);
      }
    }
  }

  /** Waits until every chunk is finished and throws what one of them threw, if any. */
  void await() {
    Wakefulness awake = new Wakefulness();
    while (finished.get() < chunks) {
      if (!awake.stays()) {
        LockSupport.park(this);
      }
    }
    Throwable thrown = failure.get();
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown != null) {
      throw new IllegalStateException("a task threw a checked exception", thrown);
    }
  }

  private void run(long chunk) {
    if (failure.get() != null) {
      return;
    }
    long from = chunk * grain;
    try {
      task.run(from, Math.min(n, from + grain));
    } catch (Throwable thrown) {
      // Whatever it is, the caller must not wait for this chunk for ever.
      failure.compareAndSet(null, thrown);
    }
  }
}
