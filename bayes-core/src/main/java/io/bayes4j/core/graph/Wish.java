package io.bayes4j.core.graph;

import io.bayes4j.core.kernels.Quantum;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** In which form those who read a result would have it. */
public final class Wish {
  /** As floats. */
  public static final Wish FLOATS = new Wish(false, null);

  /** As floats or as any 8-bit numbers. */
  public static final Wish ANY = new Wish(true, null);

  private final boolean takesBytes;
  private final @Nullable Quantum quantum;

  private Wish(boolean takesBytes, @Nullable Quantum quantum) {
    this.takesBytes = takesBytes;
    this.quantum = quantum;
  }

  /** Rounded like this, or as floats that the reader rounds so. */
  public static Wish rounded(Quantum quantum) {
    return new Wish(true, quantum);
  }

  /** That of two readers: floats, if they do not agree. */
  public Wish and(Wish other) {
    if (!takesBytes || !other.takesBytes) {
      return FLOATS;
    }
    if (quantum == null || other.quantum == null) {
      return quantum == null ? other : this;
    }
    return Objects.equals(quantum, other.quantum) ? this : FLOATS;
  }

  /** How a result should be rounded; empty to leave it in floats. */
  public Optional<Quantum> quantum() {
    return Optional.ofNullable(quantum);
  }
}
