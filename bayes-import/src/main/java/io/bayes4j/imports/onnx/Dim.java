package io.bayes4j.imports.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A length that may depend on the number N of examples: perExample N + constant. A length that the
 * file leaves open, other than N, is {@link #OPEN}.
 */
record Dim(long perExample, long constant) {
  /** Anything: what is computed from it is open too. */
  static final Dim OPEN = new Dim(Long.MIN_VALUE, Long.MIN_VALUE);

  static final Dim BATCH = new Dim(1, 0);

  static Dim of(long constant) {
    return new Dim(0, constant);
  }

  static List<Dim> shape(long... lengths) {
    return Arrays.stream(lengths).mapToObj(Dim::of).toList();
  }

  /** Refuses lengths that no array has. */
  static void requireShape(List<Dim> shape) {
    if (shape.stream()
        .anyMatch(d -> d.fixed() && (d.constant < 0 || d.constant > Integer.MAX_VALUE))) {
      throw new IllegalArgumentException("makes an array of shape " + text(shape));
    }
  }

  boolean open() {
    return equals(OPEN);
  }

  boolean fixed() {
    return !open() && perExample == 0;
  }

  /** The number; an error if it depends on something. */
  long value() {
    if (!fixed()) {
      throw new IllegalArgumentException("needs a length that the file leaves open");
    }
    return constant;
  }

  Dim plus(Dim other) {
    return open() || other.open()
        ? OPEN
        : new Dim(
            Math.addExact(perExample, other.perExample), Math.addExact(constant, other.constant));
  }

  Dim minus(Dim other) {
    return plus(other.times(of(-1)));
  }

  Dim times(Dim other) {
    if (open() || other.open()) {
      return OPEN;
    }
    if (perExample != 0 && other.perExample != 0) {
      return OPEN;
    }
    return new Dim(
        Math.addExact(
            Math.multiplyExact(perExample, other.constant),
            Math.multiplyExact(constant, other.perExample)),
        Math.multiplyExact(constant, other.constant));
  }

  /** The quotient rounded down; open if it is not the same for every N. */
  Dim over(Dim other) {
    if (open() || other.open()) {
      return OPEN;
    }
    if (other.perExample != 0) {
      boolean multiple = other.constant == 0 && constant == 0 && perExample % other.perExample == 0;
      return multiple ? of(perExample / other.perExample) : OPEN;
    }
    if (other.constant == 0) {
      throw new IllegalArgumentException("divides by zero");
    }
    if (perExample == 0) {
      return of(Math.floorDiv(constant, other.constant));
    }
    return perExample % other.constant == 0 && constant % other.constant == 0
        ? new Dim(perExample / other.constant, constant / other.constant)
        : OPEN;
  }

  static Dim product(List<Dim> dims) {
    return dims.stream().reduce(of(1), Dim::times);
  }

  static String text(List<Dim> shape) {
    return shape.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public String toString() {
    if (open()) {
      return "?";
    }
    String multiple = perExample == 1 ? "N" : perExample + "N";
    return perExample == 0
        ? Long.toString(constant)
        : constant == 0 ? multiple : multiple + "+" + constant;
  }
}
