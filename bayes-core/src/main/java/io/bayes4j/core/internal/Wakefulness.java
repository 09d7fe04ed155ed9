package io.bayes4j.core.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time for which a waiting thread stays awake before it sleeps: longer than most gaps between
 * the loops of a training step. At first it keeps its processor, then it lets others go first.
 *
 * <p>Where other programs want the processors, to stay awake is the wrong thing: who has yielded
 * waits for a whole turn of the others, and who has spun has used up a turn of its own, while a
 * thread that slept runs as soon as it is woken up. A yield that takes long tells such a machine,
 * and for a while all waiting threads then sleep at once.
 */
final class Wakefulness {
  private static final long NANOSECONDS = 1_000_000;

  /** As long as a sleeping thread takes to wake up. */
  private static final long UNYIELDING_NANOSECONDS = 100_000;

  /** A yield that takes as long has let another program run. */
  private static final long CROWDED_NANOSECONDS = 50_000;

  /** For how long a crowded machine is thought to stay so. */
  private static final long CROWD_LASTS_NANOSECONDS = 200_000_000;

  /** Looks at the waited-for thing between two looks at the clock. */
  private static final int LOOKS = 16;

  /** When this machine was last found to be crowded. */
  private static final AtomicLong CROWDED = new AtomicLong(longAgo(System.nanoTime()));

  private final LongSupplier clock;
  private final Runnable others;
  private final AtomicLong crowded;
  private final long began;
  private int looks;

  /** A thread that begins to wait now. */
  @SuppressWarnings("ThreadPriorityCheck") // Correct without the yield, which is for others' sake.
  Wakefulness() {
    this(System::nanoTime, Thread::yield, CROWDED);
  }

  /**
   * As {@link #Wakefulness()}, elsewhere.
   *
   * @param clock nanoseconds from some time on
   * @param others lets others run
   * @param crowded when the machine was last found to be crowded
   */
  Wakefulness(LongSupplier clock, Runnable others, AtomicLong crowded) {
    this.clock = clock;
    this.others = others;
    this.crowded = crowded;
    this.began = clock.getAsLong();
  }

  /** A time at which a machine may have been crowded without anybody caring now. */
  static long longAgo(long now) {
    return now - CROWD_LASTS_NANOSECONDS;
  }

  /**
   * Pauses for some nanoseconds, or while others use the processor; false when it is time to sleep.
   */
  boolean stays() {
    Thread.onSpinWait();
    if (++looks % LOOKS != 0) {
      return true;
    }
    long now = clock.getAsLong();
    if (now - crowded.get() < CROWD_LASTS_NANOSECONDS) {
      return false;
    }
    if (now - began > UNYIELDING_NANOSECONDS) {
      others.run();
      long after = clock.getAsLong();
      if (after - now > CROWDED_NANOSECONDS) {
        crowded.set(after);
        return false;
      }
    }
    return now - began < NANOSECONDS;
  }
}
