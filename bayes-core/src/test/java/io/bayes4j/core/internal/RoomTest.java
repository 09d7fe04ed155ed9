package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.ArenaPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class RoomTest {
  private static final long MEGABYTE = 1L << 20;

  @Test
  void whatDoesNotFitIsRefused() {
    Room room = new Room(() -> 1_000_000_000);
    assertThatCode(() -> room.requireHere(1_000_000_000, () -> "it")).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> room.requireHere(2_560_000_000L, () -> "the result"))
        .withMessageStartingWith("the result takes 2.6 GB of memory, and 1.0 GB are free");
  }

  @Test
  void smallArraysAreMadeWithoutALook() {
    Room room =
        new Room(
            () -> {
              throw new AssertionError("looked");
            });
    assertThatCode(() -> room.requireHere(63 * MEGABYTE, () -> "it")).doesNotThrowAnyException();
  }

  @Test
  void whatIsFreedMeanwhileCounts() {
    AtomicInteger looks = new AtomicInteger();
    Room room = new Room(() -> looks.incrementAndGet() < 4 ? 0 : 100 * MEGABYTE);
    assertThatCode(() -> room.requireHere(90 * MEGABYTE, () -> "it")).doesNotThrowAnyException();
    assertThat(looks).hasValue(4);
  }

  @Test
  void idleArenasAreFreedBeforeAnythingIsRefused() {
    ArenaPool pool = new ArenaPool();
    pool.scope(arena -> Arena.allocate(1000).length());
    assertThat(pool.idleBytes()).isPositive();
    Room room = new Room(() -> pool.idleBytes() > 0 ? 0 : 100 * MEGABYTE);
    assertThatCode(() -> room.requireHere(90 * MEGABYTE, () -> "it")).doesNotThrowAnyException();
    assertThat(pool.idleBytes()).isZero();
  }

  @Test
  void drawsSayWhatToDo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Detached.forDraws(1000, 1_000_000, 4))
        .withMessageStartingWith("the outputs of 1000 draws for 1000000 examples do not fit")
        .withMessageContaining("fewer draws")
        .withMessageContaining("16000000000 bytes");
  }

  @Test
  void theLimitOfTheProcessIsLookedAtBefore() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=500m",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).as(output).isZero();
    assertThat(output)
        .contains("made 100 MB")
        .contains("an array of shape [262144000] takes 1.0 GB of memory, and 0.");
  }

  /** Makes an array that fits, and asks for one that does not. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) {
      Detached.fill(Detached.create(DataType.FLOAT, 25 * MEGABYTE), 1);
      System.out.println("made 100 MB");
      try {
        Detached.create(DataType.FLOAT, 250 * MEGABYTE);
      } catch (IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
      System.exit(0);
    }
  }
}
