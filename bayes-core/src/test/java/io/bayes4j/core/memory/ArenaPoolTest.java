package io.bayes4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ArenaPoolTest {
  private final AtomicLong now = new AtomicLong();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private final ArenaPool pool = new ArenaPool(now::get, later::add);

  @Test
  void whatIsGivenBackIsLentAgain() {
    Arena first = pool.lend(arena -> arena);
    assertThat(pool.<Arena>lend(arena -> arena)).isSameAs(first);
    assertThatThrownBy(
            () ->
                pool.scope(
                    arena -> {
                      throw new IllegalStateException("failed");
                    }))
        .hasMessage("failed");
    assertThat(pool.<Arena>lend(arena -> arena)).isSameAs(first);
  }

  @Test
  void thereAreAsManyAsPiecesAtOnce() {
    Arena outer =
        pool.scope(
            a -> {
              Arena inner = pool.scope(b -> b);
              assertThat(inner).isNotSameAs(a);
              assertThat(pool.<Arena>scope(b -> b)).isSameAs(inner);
              return a;
            });
    assertThat(pool.<Arena>scope(a -> a)).as("used last").isSameAs(outer);
  }

  @Test
  void manyShortThreadsHoldOneArena() throws InterruptedException {
    for (int i = 0; i < 200; i++) {
      Thread thread = new Thread(() -> pool.scope(arena -> Arena.allocate(100).length()));
      thread.start();
      thread.join();
    }
    assertThat(pool.idleBytes()).isEqualTo(400);
  }

  @Test
  void whatIsIdleForLongIsFreed() {
    Arena[] both = new Arena[2];
    pool.scope(
        a -> {
          both[0] = a;
          both[1] = pool.scope(b -> Arena.allocate(10).length() > 0 ? b : null);
          return Arena.allocate(20).length();
        });
    now.addAndGet(TimeUnit.SECONDS.toNanos(5));
    assertThat(pool.<Arena>scope(a -> a)).isSameAs(both[0]);
    now.addAndGet(TimeUnit.SECONDS.toNanos(6));
    assertThat(later).as("one look at a time").hasSize(1);
    later.pop().run();
    assertThat(pool.idleBytes()).isEqualTo(80);
    now.addAndGet(TimeUnit.SECONDS.toNanos(6));
    later.pop().run();
    assertThat(pool.idleBytes()).isZero();
    assertThat(later).isEmpty();
    assertThat(pool.<Arena>scope(a -> a)).isNotIn(both[0], both[1]);
  }
}
