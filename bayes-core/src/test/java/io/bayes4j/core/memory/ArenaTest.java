package io.bayes4j.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.testing.Samples;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ArenaTest {
  private final Arena arena = new Arena();

  private static long address(INDArray array) {
    return array.data().address();
  }

  private static long allocated(long... shape) {
    return address(Arena.allocate(shape));
  }

  @Test
  void theNextScopeGetsTheSameMemory() {
    long first = arena.scope(() -> allocated(3, 4));
    long second = arena.scope(() -> allocated(3, 4));
    assertThat(second).isEqualTo(first);
    assertThat(arena.bytes()).isEqualTo(48);
  }

  @Test
  void arraysOfOneScopeAreDifferent() {
    arena.scope(() -> assertThat(allocated(3, 4)).isNotEqualTo(allocated(3, 4)));
    assertThat(arena.bytes()).isEqualTo(96);
  }

  @Test
  void layoutsAndShapesAreNotMixed() {
    arena.scope(
        () -> {
          Arena.allocate(2, 3, 4);
        });
    arena.scope(
        () -> {
          INDArray last = Arena.allocate(Layout.CHANNELS_LAST, 2, 3, 4);
          assertThat(Layout.CHANNELS_LAST.describes(last)).isTrue();
          assertThat(Arena.allocate(4, 3, 2).shape()).containsExactly(4, 3, 2);
        });
  }

  @Test
  void outsideAnyScopeArraysAreOrdinary() {
    INDArray a = Arena.allocate(3).assign(1);
    assertThat(arena.scope(() -> allocated(3))).isNotEqualTo(address(a));
    Arena.release(a);
    assertThat(allocated(3)).isNotEqualTo(address(a));
    assertThat(a).isEqualTo(Samples.array(new long[] {3}, 1, 1, 1));
  }

  @Test
  void theResultIsCopiedOut() {
    AtomicReference<INDArray> inside = new AtomicReference<>();
    INDArray result =
        arena.scope(
            () -> {
              inside.set(Arena.allocate(Layout.CHANNELS_LAST, 2, 3, 4).assign(7));
              return inside.get();
            });
    arena.scope(() -> Arena.allocate(Layout.CHANNELS_LAST, 2, 3, 4).assign(0));
    assertThat(address(result)).isNotEqualTo(address(inside.get()));
    assertThat(result.minNumber().doubleValue()).isEqualTo(7);
    assertThat(Layout.of(result)).isEqualTo(Layout.CHANNELS_LAST);
  }

  @Test
  void theResultKeepsItsType() {
    INDArray longs = arena.scope(() -> Nd4j.createFromArray(1L << 40, 3L));
    assertThat(longs.dataType()).isEqualTo(DataType.INT64);
    assertThat(longs.getLong(0)).isEqualTo(1L << 40);
    assertThat(arena.scope(() -> Nd4j.empty(DataType.FLOAT)).isEmpty()).isTrue();
    assertThat(arena.scope(() -> "text")).isEqualTo("text");
    assertThat(arena.<Object>scope(() -> null)).isNull();
  }

  @Test
  void anInnerScopeLeavesTheOuterArraysAlone() {
    arena.scope(
        () -> {
          INDArray outer = Arena.allocate(3).assign(1);
          INDArray fromInner = arena.scope(() -> Arena.allocate(3).assign(2));
          arena.scope(() -> Arena.allocate(3).assign(3));
          INDArray later = Arena.allocate(3).assign(4);
          assertThat(outer.getDouble(0)).isEqualTo(1);
          assertThat(fromInner.getDouble(0)).isEqualTo(2);
          assertThat(address(later)).isNotEqualTo(address(fromInner));
        });
  }

  @Test
  void anInnerScopeMayBeOfAnotherArena() {
    Arena other = new Arena();
    arena.scope(
        () -> {
          other.scope(() -> allocated(5));
          assertThat(other.bytes()).isEqualTo(20);
          allocated(3);
        });
    assertThat(arena.bytes()).isEqualTo(12);
  }

  @Test
  void adoptAllocatesForTheOuterArena() {
    Arena inner = new Arena();
    arena.scope(
        () -> {
          INDArray kept = inner.scope(() -> keep());
          INDArray again = inner.scope(() -> Arena.allocate(3).assign(9));
          assertThat(again.getDouble(0)).isEqualTo(9);
          assertThat(kept.getDouble(0)).isEqualTo(5);
        });
  }

  private INDArray keep() {
    AtomicReference<INDArray> kept = new AtomicReference<>();
    arena.adopt(
        () -> {
          kept.set(Arena.allocate(3).assign(5));
          return kept.get();
        });
    return kept.get();
  }

  @Test
  void manyThreadsMayAdoptAtOnce() {
    Set<Long> addresses = ConcurrentHashMap.newKeySet();
    AtomicInteger kept = new AtomicInteger();
    arena.scope(
        () ->
            IntStream.range(0, 4000)
                .parallel()
                .forEach(
                    i ->
                        arena.adopt(
                            () -> {
                              INDArray array = Arena.allocate(3);
                              boolean released = i % 2 == 0 && Arena.release(array);
                              if (!released) {
                                kept.incrementAndGet();
                                addresses.add(array.data().address());
                              }
                              return released;
                            })));
    assertThat(kept).hasValue(2000);
    assertThat(addresses).as("no array was lent twice").hasSize(2000);
  }

  @Test
  void adoptNeedsAScope() {
    assertThatIllegalStateException()
        .isThrownBy(() -> arena.adopt(() -> allocated(3)))
        .withMessageContaining("scope");
    assertThat(arena.bytes()).isZero();
  }

  @Test
  void anExceptionEndsTheScope() {
    AtomicReference<Long> lost = new AtomicReference<>();
    assertThatThrownBy(
            () ->
                arena.scope(
                    () -> {
                      lost.set(allocated(3));
                      throw new IllegalStateException("work failed");
                    }))
        .hasMessage("work failed");
    Arena.allocate(3);
    assertThat(arena.bytes()).isEqualTo(12);
    assertThat(arena.scope(() -> allocated(3))).isEqualTo(lost.get());
  }

  @Test
  void releasedArraysAreLentAgainInTheSameScope() {
    arena.scope(
        () -> {
          INDArray a = Arena.allocate(3);
          Arena.release(a);
          INDArray b = Arena.allocate(3);
          assertThat(address(b)).isEqualTo(address(a));
          Arena.release(Arena.allocate(4));
          Arena.release(Nd4j.zeros(DataType.FLOAT, 3));
          assertThat(allocated(3)).isNotEqualTo(address(b));
        });
    assertThat(arena.bytes()).isEqualTo(12 + 16 + 12);
  }

  @Test
  void releasingTwiceGivesBackOnce() {
    arena.scope(
        () -> {
          INDArray a = Arena.allocate(3);
          Arena.release(a);
          Arena.release(a);
          assertThat(allocated(3)).isNotEqualTo(allocated(3));
        });
  }

  @Test
  void anInnerScopeCannotReleaseWhatIsTheOuters() {
    arena.scope(
        () -> {
          INDArray outer = Arena.allocate(3);
          arena.scope(
              () -> {
                Arena.release(outer);
                assertThat(allocated(3)).isNotEqualTo(address(outer));
              });
        });
  }

  @Test
  void idleMemoryIsGivenUp() {
    arena.scope(() -> allocated(1000));
    for (int i = 0; i < 100; i++) {
      arena.scope(() -> allocated(3));
    }
    assertThat(arena.bytes()).isEqualTo(12);
  }

  @Test
  void manyInnerScopesDoNotCostTheOuterItsMemory() {
    long before = arena.scope(this::outerWork);
    long after = arena.scope(this::outerWork);
    assertThat(after).isEqualTo(before);
  }

  private long outerWork() {
    long address = allocated(1000);
    for (int i = 0; i < 100; i++) {
      arena.scope(() -> allocated(3));
    }
    return address;
  }

  @Test
  void aLongLoopDoesNotGrow() {
    Var w = Var.leaf(Samples.normals(1, 8, 8));
    Var x = Var.constant(Samples.normals(2, 4, 8));
    long afterTwo = 0;
    for (int step = 0; step < 2000; step++) {
      arena.scope(
          () -> {
            Var y = Ops.square(Ops.matmul(x, w));
            Gradients.of(Ops.mean(Ops.add(y, Ops.exp(Ops.scale(y, -1))))).get(w);
          });
      if (step == 1) {
        afterTwo = arena.bytes();
      }
    }
    assertThat(afterTwo).isPositive();
    assertThat(arena.bytes()).isEqualTo(afterTwo);
  }

  @Test
  void poisonShowsUseAfterTheEnd() {
    Arena poisoned = new Arena(true);
    AtomicReference<INDArray> kept = new AtomicReference<>();
    INDArray result =
        poisoned.scope(
            () -> {
              kept.set(Arena.allocate(3).assign(1));
              return kept.get();
            });
    assertThat(kept.get().getDouble(1)).isNaN();
    assertThat(result.getDouble(1)).isEqualTo(1);
  }

  @Test
  void poisonDoesNotChangeGradients() {
    Var x = Var.leaf(Samples.normals(1, 5));
    INDArray expected = derivative(x);
    Arena poisoned = new Arena(true);
    poisoned.scope(() -> derivative(x));
    assertThat(poisoned.scope(() -> derivative(x))).isEqualTo(expected);
  }

  private static INDArray derivative(Var x) {
    Var h = Ops.exp(x);
    Var y = Ops.add(Ops.mul(h, h), Ops.sub(Ops.reshape(h, 5), Ops.scale(h, 3)));
    return Gradients.of(Ops.sum(y)).get(x);
  }

  @Test
  void threadsWithTheirOwnArenasDoNotMeet() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    CountDownLatch bothAllocated = new CountDownLatch(2);
    try {
      Future<Long> one = threads.submit(() -> addressOnceBothHaveOne(bothAllocated));
      Future<Long> two = threads.submit(() -> addressOnceBothHaveOne(bothAllocated));
      assertThat(one.get()).isNotEqualTo(two.get());
    } finally {
      threads.shutdownNow();
    }
  }

  private static long addressOnceBothHaveOne(CountDownLatch bothAllocated) {
    return new Arena()
        .scope(
            () -> {
              INDArray mine = Arena.allocate(100).assign(Thread.currentThread().getId());
              bothAllocated.countDown();
              try {
                bothAllocated.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              assertThat(mine.meanNumber().longValue()).isEqualTo(Thread.currentThread().getId());
              return address(mine);
            });
  }

  @Test
  void refusesASecondThread() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      arena.scope(
          () ->
              assertThatThrownBy(() -> threads.submit(() -> arena.scope(() -> 1)).get())
                  .hasCauseInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("one thread at a time"));
      assertThat(threads.submit(() -> arena.scope(() -> 1)).get()).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void refusesAxesWithoutLength() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arena.allocate(3, 0))
        .withMessageContaining("[3, 0]");
    assertThatIllegalArgumentException().isThrownBy(() -> Arena.allocate(-1));
  }

  @Test
  void keepsItsOwnCopyOfAShape() {
    long[] shape = {2, 3};
    arena.scope(
        () -> {
          Arena.allocate(shape);
          shape[0] = 9;
        });
    arena.scope(() -> assertThat(Arena.allocate(2, 3).shape()).containsExactly(2, 3));
    assertThat(arena.bytes()).isEqualTo(24);
  }

  @Test
  void whatIsKeptOutlivesItsScopeAndNotTheOneAroundIt() {
    long[] addresses = new long[2];
    arena.scope(
        () -> {
          INDArray[] kept = new INDArray[1];
          arena.scope(
              () -> {
                kept[0] = Arena.allocate(3, 4);
                addresses[0] = address(kept[0]);
                addresses[1] = allocated(3, 4);
                arena.keep(List.of(kept[0]));
              });
          assertThat(allocated(3, 4)).isEqualTo(addresses[1]);
          assertThat(allocated(3, 4)).isNotIn(addresses[0], addresses[1]);
        });
    assertThat(arena.bytes()).isEqualTo(3 * 48);
    arena.scope(
        () ->
            assertThat(List.of(allocated(3, 4), allocated(3, 4), allocated(3, 4)))
                .contains(addresses[0]));
  }

  @Test
  void ofAViewTheArrayIsKept() {
    arena.scope(
        () -> {
          long[] address = new long[1];
          arena.scope(
              () -> {
                INDArray array = Arena.allocate(3, 4);
                address[0] = address(array);
                arena.keep(List.of(array.reshape(4, 3)));
              });
          assertThat(allocated(3, 4)).isNotEqualTo(address[0]);
        });
  }

  @Test
  void onlyAnInnerScopeCanKeep() {
    assertThatIllegalStateException().isThrownBy(() -> arena.keep(List.of()));
    arena.scope(
        () ->
            assertThatIllegalStateException()
                .isThrownBy(() -> arena.keep(List.of()))
                .withMessageContaining("nested scope"));
  }

  @Test
  void batchesOfChangingSizeShareMemory() {
    long most = 0;
    for (int n = 64; n >= 1; n--) {
      int rows = n;
      arena.scope(() -> allocated(rows, 100));
      most = Math.max(most, arena.bytes());
    }
    assertThat(most).as("64 rows, then 32, and so on").isLessThan(2 * 64 * 100 * 4);
    for (int i = 0; i < 10_000; i++) {
      int rows = 1 + i * 31 % 64;
      arena.scope(() -> allocated(rows, 100));
    }
    assertThat(arena.bytes()).isLessThan(2 * 64 * 100 * 4);
  }

  @Test
  void memoryOfAnotherShapeIsNotSharedWithinAScope() {
    arena.scope(
        () -> {
          long first = arena.scope(() -> allocated(10));
          INDArray other = Arena.allocate(9).assign(3);
          assertThat(address(other)).isNotEqualTo(first);
        });
    arena.scope(
        () -> {
          INDArray a = Arena.allocate(8).assign(1);
          INDArray b = Arena.allocate(7).assign(2);
          assertThat(a).isEqualTo(Samples.array(new long[] {8}, 1, 1, 1, 1, 1, 1, 1, 1));
          assertThat(b.sumNumber().doubleValue()).isEqualTo(14);
          assertThat(arena.bytes()).as("of 10 and 9 numbers").isEqualTo(76);
        });
  }

  @Test
  void closingFreesEverything() {
    INDArray[] kept = new INDArray[1];
    arena.scope(
        () -> {
          kept[0] = Arena.allocate(3);
          assertThatIllegalStateException().isThrownBy(arena::close);
        });
    arena.close();
    arena.close();
    assertThat(arena.bytes()).isZero();
    assertThat(kept[0].wasClosed()).isTrue();
    assertThatIllegalStateException().isThrownBy(() -> arena.scope(() -> 1));
  }

  @Test
  void aLastingArenaServesManyThreadsUntilItIsClosed() {
    Arena lasting = Arena.lasting();
    Set<Long> addresses = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 200)
        .parallel()
        .forEach(i -> addresses.add(lasting.adopt(() -> allocated(3, 5))));
    assertThat(addresses).hasSize(200);
    assertThat(lasting.bytes()).isEqualTo(200 * 60);
    assertThatIllegalStateException().isThrownBy(() -> lasting.scope(() -> 1));
    lasting.close();
    assertThat(lasting.bytes()).isZero();
    assertThatIllegalStateException().isThrownBy(() -> lasting.adopt(() -> allocated(3)));
  }
}
