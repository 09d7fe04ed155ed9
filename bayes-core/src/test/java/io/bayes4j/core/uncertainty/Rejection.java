package io.bayes4j.core.uncertainty;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.Supplier;

/** The one way in which the functions of this package refuse an argument. */
final class Rejection {
  private Rejection() {}

  static void assertRejected(Supplier<?> call, String message) {
    assertThatIllegalArgumentException().isThrownBy(call::get).withMessageContaining(message);
  }
}
