package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class JoinedLoopTest {
  private final List<String> seen = new CopyOnWriteArrayList<>();

  private Parallel.RangeTask noting(String name) {
    return (from, to) -> seen.add(name + from + "-" + to);
  }

  @Test
  void eachRangeIsCutAtMultiplesOfItsGrain() {
    JoinedLoop loop = new JoinedLoop();
    loop.add(5, 2, noting("a"));
    loop.add(0, 7, noting("empty"));
    loop.add(3, 3, noting("b"));
    assertThat(seen).isEmpty();
    loop.run();
    assertThat(seen).containsExactlyInAnyOrder("a0-2", "a2-4", "a4-5", "b0-3");
  }

  @Test
  void nothingIsALoopToo() {
    new JoinedLoop().run();
    assertThat(seen).isEmpty();
  }

  @Test
  void whatATaskThrowsReachesTheCaller() {
    JoinedLoop loop = new JoinedLoop();
    loop.add(4, 1, noting("a"));
    loop.add(
        1,
        1,
        (from, to) -> {
          throw new IllegalStateException("broken");
        });
    assertThatThrownBy(loop::run).isInstanceOf(IllegalStateException.class).hasMessage("broken");
  }

  @Test
  void rejectsRangesThatAreNone() {
    JoinedLoop loop = new JoinedLoop();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loop.add(-1, 1, noting("a")))
        .withMessageContaining("n must be >= 0, got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> loop.add(1, 0, noting("a")))
        .withMessageContaining("grain");
  }
}
