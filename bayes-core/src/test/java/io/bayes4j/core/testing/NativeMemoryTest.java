package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.internal.Detached;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {
  private final List<Object> kept = new ArrayList<>();

  @Test
  void arraysThatAreKeptAreFound() {
    assertThatThrownBy(() -> NativeMemory.assertSteady(5, 60, () -> kept.add(Detached.zeros(1000))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("arrays");
  }

  @Test
  void aLargeArrayThatIsKeptIsFound() {
    assertThatThrownBy(
            () -> NativeMemory.assertSteady(5, 4, () -> kept.add(Detached.zeros(1 << 17))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("bytes");
  }

  @Test
  void nativeMemoryThatIsKeptIsFound() {
    assertThatThrownBy(
            () -> NativeMemory.assertSteady(1, 2, () -> kept.add(new BytePointer(1 << 20))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("bytes");
  }

  @Test
  void garbageIsNotCounted() {
    assertThatCode(() -> NativeMemory.assertSteady(5, 200, () -> Detached.zeros(1000)))
        .doesNotThrowAnyException();
  }
}
