package io.bayes4j.core.internal;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A queue of tasks whose takers stay awake for a moment before they sleep.
 *
 * <p>Waking a thread up takes 20 to 100 microseconds, as long as many a loop of a training step,
 * and the next loop usually follows sooner than that.
 */
@SuppressWarnings("serial") // is never written anywhere
final class WakefulQueue extends LinkedBlockingQueue<Runnable> {
  @Override
  public Runnable poll(long time, TimeUnit unit) throws InterruptedException {
    Wakefulness awake = new Wakefulness();
    do {
      Runnable task = poll();
      if (task != null) {
        return task;
      }
    } while (awake.stays());
    return super.poll(time, unit);
  }
}
