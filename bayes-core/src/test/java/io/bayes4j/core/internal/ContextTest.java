package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContextTest {
  private static final Context.Key<String> HANDED_ON = Context.inherited();
  private static final Context.Key<String> OWN = Context.ofOneThread();

  private final int threads = Parallel.threads();

  @AfterEach
  void restore() {
    HANDED_ON.set(null);
    OWN.set(null);
    Parallel.setThreads(threads);
  }

  /** What two threads that work on a loop at the same time find. */
  private static Set<String> seen(Context.Key<String> key) {
    Parallel.setThreads(2);
    Set<String> seen = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    Parallel.forRange(
        2,
        1,
        (from, to) -> {
          both.countDown();
          try {
            assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          seen.add(key.get() == null ? "nothing" : key.get());
        });
    return seen;
  }

  @Test
  void threadsThatHelpInherit() {
    HANDED_ON.set("a");
    assertThat(seen(HANDED_ON)).containsExactly("a");
    HANDED_ON.set(null);
    assertThat(seen(HANDED_ON)).as("and keep nothing").containsExactly("nothing");
  }

  @Test
  void whatIsOfOneThreadStaysThere() {
    OWN.set("a");
    assertThat(seen(OWN)).containsExactlyInAnyOrder("a", "nothing");
    assertThat(OWN.get()).isEqualTo("a");
  }

  @Test
  void helpersKeepNothingOfALoopThatFailed() {
    HANDED_ON.set("a");
    Parallel.setThreads(2);
    assertThatThrownBy(
            () ->
                Parallel.forRange(
                    100,
                    1,
                    (from, to) -> {
                      throw new IllegalStateException("stop");
                    }))
        .hasMessage("stop");
    assertThat(HANDED_ON.get()).isEqualTo("a");
    HANDED_ON.set(null);
    assertThat(seen(HANDED_ON)).containsExactly("nothing");
  }

  @Test
  void keysDoNotDisturbEachOther() {
    HANDED_ON.set("a");
    OWN.set("b");
    HANDED_ON.set("c");
    assertThat(OWN.get()).isEqualTo("b");
    assertThat(HANDED_ON.get()).isEqualTo("c");
    OWN.set(null);
    assertThat(HANDED_ON.get()).isEqualTo("c");
  }
}
