package io.bayes4j.imports.onnx;

/**
 * What reading a file has cost so far, counted in elements that were decoded or computed: a file of
 * some hundred bytes can ask for arithmetic that takes hours. What is allowed grows with the file.
 */
final class Work {
  /** Elements for any file: shapes, tables of positions, masks. */
  private static final long FREE = 1 << 26;

  /** How often each element of the file may be decoded or computed with. */
  private static final long TIMES = 16;

  /** How many layers may share each element on average: each has a copy of its own. */
  private static final long SHARERS = 8;

  private long held;
  private long done;

  /** Adds bytes to what the file has; half precision has two for an element. */
  void hold(long bytes) {
    held += bytes / 2;
  }

  /** Elements of one constant that is computed here, rather than read. */
  long mostFolded() {
    return Math.max(Tensor.MOST_FOLDED, held);
  }

  /** Elements of the weights of all layers together. */
  long mostWeights() {
    return SHARERS * held + Tensor.MOST_FOLDED;
  }

  /**
   * Counts before something is done.
   *
   * @throws Exceeded if that is more than a file of this size may cost
   */
  void spend(long elements) {
    long most = TIMES * held + FREE;
    done = elements > most - done ? most : done + elements;
    if (done >= most) {
      throw new Exceeded("computes with constants for longer than a file of this size may");
    }
  }

  /** A limit that ends the reading at once; other errors are collected. */
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exceeded(String message) {
      super(message);
    }
  }
}
