package io.bayes4j.imports.dl4j;

/**
 * A result in the network that is built.
 *
 * @param node its name; empty if a layer before it is unknown
 * @param kind what its axes are
 */
record Value(String node, Kind kind) {
  /** What the axes of a result are. */
  enum Kind {
    /** [N, features]. */
    FLAT,
    /** [N, C, H, W]. */
    IMAGES,
    /** [N, C, D, H, W]. */
    VOLUMES,
    /** [N, T, features]. */
    SEQUENCES,
    /** [N, features, T]. */
    SIGNALS
  }

  Value at(String other) {
    return new Value(other, kind);
  }
}
