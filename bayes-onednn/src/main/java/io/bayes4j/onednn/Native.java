package io.bayes4j.onednn;

import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/** How long native objects live. */
final class Native {
  private Native() {}

  /**
   * Runs a piece of work, then frees the native objects that it made, unless it retained them.
   *
   * <p>A scope that the caller has open never sees those objects.
   */
  @SuppressWarnings({
    "try",
    "unchecked"
  }) // A scope works by being open; PointerScope takes varargs.
  static <T> T scoped(Supplier<T> work) {
    try (PointerScope scope = new PointerScope()) {
      return work.get();
    }
  }

  /** Makes a native object that lives until its reference is released. */
  static <P extends Pointer> P lasting(Supplier<P> maker) {
    return scoped(
        () -> {
          P made = maker.get();
          made.retainReference();
          return made;
        });
  }
}
