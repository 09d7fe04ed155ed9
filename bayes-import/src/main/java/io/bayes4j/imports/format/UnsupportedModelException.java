package io.bayes4j.imports.format;

import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.util.List;

/** A model file is right, but holds operators or layers that there is nothing for here. */
public final class UnsupportedModelException extends IOException {
  private static final long serialVersionUID = 1;

  /** Serializable, as exceptions are. */
  private final String[] unsupported;

  /**
   * An error that names all of them.
   *
   * @param file what was read
   * @param unsupported each with its name in the file, and why it cannot be imported
   */
  public UnsupportedModelException(String file, List<String> unsupported) {
    super(
        Require.nonNull(file, "file")
            + " cannot be imported: "
            + String.join("; ", Require.elements(unsupported, "unsupported")));
    this.unsupported = unsupported.toArray(String[]::new);
  }

  /** What there is nothing for, each with its name in the file, and why. */
  public List<String> unsupported() {
    return List.of(unsupported);
  }
}
