package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ParallelTest {
  private int before;

  @BeforeEach
  void remember() {
    before = Parallel.threads();
  }

  @AfterEach
  void restore() {
    Parallel.setThreads(before);
  }

  private record Chunk(long from, long to) {}

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void cutsAtMultiplesOfTheGrain(int threads) {
    Parallel.setThreads(threads);
    List<Chunk> chunks = Collections.synchronizedList(new ArrayList<>());
    Parallel.forRange(25, 10, (from, to) -> chunks.add(new Chunk(from, to)));
    assertThat(chunks)
        .containsExactlyInAnyOrder(new Chunk(0, 10), new Chunk(10, 20), new Chunk(20, 25));
  }

  @Test
  void coversLargeNumbersAndNothing() {
    AtomicLong covered = new AtomicLong();
    Parallel.forRange(10_000_000_000L, 1_000_000_000, (from, to) -> covered.addAndGet(to - from));
    assertThat(covered).hasValue(10_000_000_000L);
    Parallel.forRange(0, 4, (from, to) -> covered.set(-1));
    assertThat(covered).hasValue(10_000_000_000L);
  }

  @Test
  void sumHasTheSameBitsForAnyNumberOfThreads() {
    Parallel.RangeSum term =
        (from, to) -> {
          double sum = 0;
          for (long i = from; i < to; i++) {
            sum += 1 / (1 + i * 0.7);
          }
          return sum;
        };
    Parallel.setThreads(1);
    double expected = Parallel.sum(100_001, 64, term);
    for (int threads : new int[] {2, 3, 5}) {
      Parallel.setThreads(threads);
      for (int repeat = 0; repeat < 20; repeat++) {
        assertThat(Parallel.sum(100_001, 64, term)).isEqualTo(expected);
      }
    }
    assertThat(Parallel.sum(0, 64, term)).isZero();
  }

  @Test
  void callerAndPoolWorkAtTheSameTime() {
    Parallel.setThreads(2);
    CountDownLatch both = new CountDownLatch(2);
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    Parallel.forRange(2, 1, (from, to) -> meet(both, workers));
    assertThat(workers).hasSize(2).contains(Thread.currentThread());
    assertThat(workers)
        .filteredOn(thread -> thread != Thread.currentThread())
        .allMatch(Thread::isDaemon);
  }

  @Test
  void aLoopOfOneChunkIsALoopToo() {
    Parallel.setThreads(4);
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    Parallel.forRange(
        1,
        1,
        (from, to) -> {
          assertThat(Parallel.threadsHere()).isEqualTo(1);
          Parallel.forRange(8, 1, (f, t) -> workers.add(Thread.currentThread()));
        });
    assertThat(workers).containsExactly(Thread.currentThread());
    assertThat(Parallel.threadsHere()).isEqualTo(4);
  }

  private static void meet(CountDownLatch all, Set<Thread> workers) {
    workers.add(Thread.currentThread());
    all.countDown();
    try {
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void oneThreadOrOneChunkOrANestedLoopRunsInline() {
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    Parallel.setThreads(1);
    Parallel.forRange(100, 1, (from, to) -> workers.add(Thread.currentThread()));
    Parallel.setThreads(4);
    Parallel.forRange(100, 100, (from, to) -> workers.add(Thread.currentThread()));
    assertThat(workers).containsExactly(Thread.currentThread());

    Parallel.forRange(
        50,
        1,
        (from, to) -> {
          Thread outer = Thread.currentThread();
          Parallel.forRange(10, 1, (f, t) -> assertThat(Thread.currentThread()).isSameAs(outer));
        });
  }

  @Test
  void failuresReachTheCallerWhoeverHasThem() {
    Parallel.setThreads(3);
    for (int bad = 0; bad < 40; bad++) {
      int chunk = bad;
      assertThatThrownBy(
              () ->
                  Parallel.forRange(
                      40, 1, (from, to) -> Require.argument(from != chunk, "chunk %d", from)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("chunk " + chunk);
    }
    assertThatThrownBy(
            () ->
                Parallel.forRange(
                    40,
                    1,
                    (from, to) -> {
                      throw new StackOverflowError("deep");
                    }))
        .isInstanceOf(StackOverflowError.class);
    AtomicLong covered = new AtomicLong();
    Parallel.forRange(1000, 1, (from, to) -> covered.addAndGet(to - from));
    assertThat(covered).as("after failures").hasValue(1000);
  }

  @Test
  void undeclaredCheckedExceptionsReachTheCallerToo() {
    Parallel.setThreads(2);
    assertThatThrownBy(
            () -> Parallel.forRange(10, 1, (from, to) -> throwUnchecked(new Exception("checked"))))
        .isInstanceOf(IllegalStateException.class)
        .hasRootCauseMessage("checked");
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // The point of the test.
  private static <T extends Throwable> void throwUnchecked(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void manyThreadsMayLoopAtOnce() throws Exception {
    Parallel.setThreads(3);
    ExecutorService users = Executors.newFixedThreadPool(8);
    try {
      List<Future<Double>> sums = new ArrayList<>();
      for (int user = 0; user < 64; user++) {
        double weight = user;
        sums.add(users.submit(() -> Parallel.sum(5000, 7, (from, to) -> weight * (to - from))));
      }
      for (int user = 0; user < 64; user++) {
        assertThat(sums.get(user).get()).isEqualTo(5000.0 * user);
      }
    } finally {
      users.shutdownNow();
    }
  }

  @Test
  void anInterruptedCallerFinishesAndStaysInterrupted() {
    Parallel.setThreads(3);
    AtomicLong covered = new AtomicLong();
    Thread.currentThread().interrupt();
    Parallel.forRange(1000, 1, (from, to) -> covered.addAndGet(to - from));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(covered).hasValue(1000);
  }

  @Test
  void rejectsBadArguments() {
    assertThatThrownBy(() -> Parallel.forRange(-1, 1, (from, to) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("n must be >= 0, got -1");
    assertThatThrownBy(() -> Parallel.forRange(1, 0, (from, to) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("grain must be > 0, got 0");
    assertThatThrownBy(() -> Parallel.sum(-5, 1, (from, to) -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("n must be >= 0, got -5");
    for (int count : new int[] {0, -3, 1025}) {
      assertThatThrownBy(() -> Parallel.setThreads(count))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("threads must be from 1 to 1024, got " + count);
    }
    assertThat(Parallel.threads()).isEqualTo(before);
  }

  @Test
  void readsTheSystemProperty() {
    assertThat(Parallel.parse(null)).isEqualTo(Processors.cores());
    assertThat(Parallel.parse("7")).isEqualTo(7);
    assertThat(Parallel.parse("1024")).isEqualTo(1024);
    for (String bad : List.of("0", "1025", "-1", "", "two", "2.5", "99999999999")) {
      assertThatThrownBy(() -> Parallel.parse(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "system property bayes4j.threads must be a number from 1 to 1024, got \"%s\"", bad);
    }
  }
}
