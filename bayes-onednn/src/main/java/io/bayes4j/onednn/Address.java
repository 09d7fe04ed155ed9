package io.bayes4j.onednn;

import org.bytedeco.javacpp.Pointer;

/** A pointer that can be pointed anywhere. */
final class Address extends Pointer {
  Address at(long value) {
    address = value;
    return this;
  }

  /** Copies bytes from one place in memory to another. */
  static void copy(long from, long to, long bytes) {
    memcpy(new Address().at(to), new Address().at(from), bytes);
  }

  /** Overwrites bytes with zeros. */
  static void clear(long place, long bytes) {
    memset(new Address().at(place), 0, bytes);
  }
}
