package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WakefulQueueTest {
  private final WakefulQueue queue = new WakefulQueue();

  @Test
  void aWaitingThreadStaysAwakeForAMillisecond() {
    long start = System.nanoTime();
    Wakefulness awake = new Wakefulness();
    assertThat(awake.stays()).isTrue();
    while (awake.stays()) {
      assertThat(queue.poll()).isNull();
    }
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000);
  }

  @Test
  void handsOutWhatIsThereAtOnce() throws InterruptedException {
    Runnable task = () -> {};
    queue.add(task);
    assertThat(queue.poll(0, TimeUnit.SECONDS)).isSameAs(task);
  }

  @Test
  void wakesTakersWhoFellAsleep() throws Exception {
    Runnable task = () -> {};
    CompletableFuture<Runnable> taken = new CompletableFuture<>();
    Thread taker =
        new Thread(
            () -> {
              try {
                taken.complete(queue.poll(30, TimeUnit.SECONDS));
              } catch (InterruptedException interrupted) {
                taken.completeExceptionally(interrupted);
              }
            });
    taker.start();
    while (taker.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    queue.add(task);
    assertThat(taken.get(30, TimeUnit.SECONDS)).isSameAs(task);
  }

  @Test
  void givesUpInTheEnd() throws InterruptedException {
    assertThat(queue.poll(1, TimeUnit.MILLISECONDS)).isNull();
  }
}
