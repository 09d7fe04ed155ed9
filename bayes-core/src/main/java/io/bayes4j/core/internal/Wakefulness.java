package io.bayes4j.core.internal;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * The time for which a waiting thread stays awake before it sleeps: longer than most gaps between
 * the loops of a training step. At first it keeps its processor, then it lets others go first.
 *
 * <p>Where other programs want the processors, to stay awake is the wrong thing: who has yielded
 * waits for a whole turn of the others, and who has spun has used up a turn of its own, while a
 * thread that slept runs as soon as it is woken up. A yield that takes long tells such a machine,
 * and for a while all waiting threads then sleep at once. The JVM's compiler and collector look
 * like another program, but have soon done: the while is short at first, and doubles as long as the
 * others are there again right after it.
 */
final class Wakefulness {
  private static final long NANOSECONDS = 1_000_000;

  /** As long as a sleeping thread takes to wake up. */
  private static final long UNYIELDING_NANOSECONDS = 100_000;

  /**
   * A yield that takes as long has let another program run for a turn. Interrupts and the host of a
   * virtual machine make dozens of yields a second take a tenth of it.
   */
  private static final long CROWDED_NANOSECONDS = 1_000_000;

  /** For how long a machine found crowded for the first time is thought to stay so. */
  private static final long CROWD_LASTS_NANOSECONDS = 3_000_000;

  /** For how long at most. */
  private static final long LONGEST_CROWD_NANOSECONDS = 200_000_000;

  /** Looks at the waited-for thing between two looks at the clock. */
  private static final int LOOKS = 16;

  /** What is known of this machine. */
  private static final AtomicReference<Crowd> HERE =
      new AtomicReference<>(Crowd.none(System.nanoTime()));

  /**
   * When others wanted the processors.
   *
   * @param end until when they are thought to do so
   * @param length for how long they were thought to
   */
  record Crowd(long end, long length) {
    /** Nobody did. */
    static Crowd none(long now) {
      return new Crowd(now, 0);
    }

    /** After others have been found: for twice as long, if they were there until just now. */
    Crowd found(long now) {
      boolean stayed = now - end < length;
      long next =
          stayed ? Math.min(2 * length, LONGEST_CROWD_NANOSECONDS) : CROWD_LASTS_NANOSECONDS;
      return new Crowd(now + next, next);
    }
  }

  private final LongSupplier clock;
  private final Runnable others;
  private final AtomicReference<Crowd> crowd;
  private final long began;
  private int looks;

  /** A thread that begins to wait now. */
  @SuppressWarnings("ThreadPriorityCheck") // Correct without the yield, which is for others' sake.
  Wakefulness() {
    this(System::nanoTime, Thread::yield, HERE);
  }

  /**
   * As {@link #Wakefulness()}, elsewhere.
   *
   * @param clock nanoseconds from some time on
   * @param others lets others run
   * @param crowd what is known of the machine
   */
  Wakefulness(LongSupplier clock, Runnable others, AtomicReference<Crowd> crowd) {
    this.clock = clock;
    this.others = others;
    this.crowd = crowd;
    this.began = clock.getAsLong();
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
    Crowd known = Objects.requireNonNull(crowd.get());
    if (now - known.end() < 0) {
      return false;
    }
    if (now - began > UNYIELDING_NANOSECONDS) {
      others.run();
      long after = clock.getAsLong();
      if (after - now > CROWDED_NANOSECONDS) {
        // If another thread has found them at the same time, once is enough.
        crowd.compareAndSet(known, known.found(after));
        return false;
      }
    }
    return now - began < NANOSECONDS;
  }
}
