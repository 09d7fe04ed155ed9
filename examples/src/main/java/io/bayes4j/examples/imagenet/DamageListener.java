package io.bayes4j.examples.imagenet;

import javax.imageio.IIOException;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import org.jspecify.annotations.Nullable;

/** Java's decoder fills in what a truncated file lacks, and only warns. */
final class DamageListener implements IIOReadWarningListener {
  private @Nullable String warning;

  @Override
  public void warningOccurred(ImageReader source, String message) {
    warning = message;
  }

  void requireNone() throws IIOException {
    if (warning != null) {
      throw new IIOException(warning);
    }
  }
}
