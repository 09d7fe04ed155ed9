package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WakefulQueueTest {
  private final WakefulQueue queue = new WakefulQueue();

  /** Nanoseconds that pass while others run, and a clock that shows them. */
  private static final class Machine {
    private long now = 5;
    private long turn = 1_000;
    private final AtomicReference<Wakefulness.Crowd> crowd =
        new AtomicReference<>(Wakefulness.Crowd.none(now));

    Wakefulness waits() {
      return new Wakefulness(() -> now += 100, () -> now += turn, crowd);
    }

    /** For how long a thread stays awake from now on. */
    long awake() {
      long start = now;
      Wakefulness awake = waits();
      while (awake.stays()) {
        assertThat(now - start).isLessThan(10_000_000);
      }
      return now - start;
    }
  }

  @Test
  void aWaitingThreadStaysAwakeForAMillisecond() {
    assertThat(new Machine().awake()).isBetween(1_000_000L, 1_010_000L);
  }

  @Test
  void whereOthersWantTheProcessorsItSleepsAtOnce() {
    Machine machine = new Machine();
    machine.turn = 3_000_000;
    assertThat(machine.awake()).as("one turn of the others").isLessThan(3_200_000);
    assertThat(machine.awake()).as("knowing of them").isLessThan(1_000);
    machine.turn = 1_000;
    machine.now += 3_000_000;
    assertThat(machine.awake()).as("when they have gone").isGreaterThan(1_000_000);
  }

  @Test
  void theLongerOthersStayTheMoreSeldomItLooks() {
    Machine machine = new Machine();
    machine.turn = 2_000_000;
    long end = machine.now + 2_000_000_000;
    int looks = 0;
    while (machine.now < end) {
      looks += machine.awake() > 10_000 ? 1 : 0;
      machine.now += 100_000;
    }
    assertThat(looks).as("3, 6, 12, ... 200 milliseconds apart").isBetween(12, 18);
    machine.turn = 1_000;
    machine.now += 400_000_000;
    assertThat(machine.awake()).as("when they have gone").isGreaterThan(1_000_000);
    machine.turn = 2_000_000;
    machine.awake();
    machine.turn = 1_000;
    machine.now += 3_000_000;
    assertThat(machine.awake()).as("after others who came for a moment").isGreaterThan(1_000_000);
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
