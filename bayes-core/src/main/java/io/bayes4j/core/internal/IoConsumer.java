package io.bayes4j.core.internal;

import java.io.IOException;

/** An action on one value that may fail with an {@link IOException}. */
@FunctionalInterface
public interface IoConsumer<T> {
  /** Performs the action. */
  void accept(T value) throws IOException;
}
