package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Require;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.ModelFormat;
import io.bayes4j.imports.format.UnsupportedModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Models of Keras: the HDF5 files of Keras 1, 2 and 3 and the {@code .keras} archive, Sequential
 * and functional, with one input and one output.
 *
 * <p>Keras has channels last, this library has them first: images [N, H, W, C] of Keras are [N, C,
 * H, W] here, and weights are put in order accordingly, those behind a Flatten included. A softmax
 * at the end is left out, since losses and predictors want logits; {@link ImportedModel#notes} says
 * so.
 */
public final class KerasFormat implements ModelFormat {
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  /** A reader without options. */
  public KerasFormat() {}

  @Override
  public String name() {
    return "Keras";
  }

  @Override
  public boolean recognizes(byte[] head, Path file) throws IOException {
    Require.argument(head != null, "head must not be null");
    Require.nonNull(file, "file");
    return starts(head, HDF5) || (starts(head, ZIP) && namesAnEntry(head));
  }

  private static boolean starts(byte[] head, byte... magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }

  /** Keras writes metadata.json first, whose local header stands at the begin. */
  private static boolean namesAnEntry(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    return text.contains("metadata.json") || text.contains("model.weights.h5");
  }

  @Override
  public ImportedModel read(Path file) throws IOException {
    ModelFormat.requireFile(file);
    try (KerasFile content = KerasFile.open(file)) {
      return new KerasNetwork(file.toString(), content).build();
    } catch (UnsupportedModelException e) {
      throw e;
    } catch (MalformedModelFileException e) {
      boolean named = String.valueOf(e.getMessage()).startsWith(file.toString());
      throw named ? e : new MalformedModelFileException(file + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      // Of layers that the numbers do not fit.
      throw malformed(file, String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      // Of the library that takes HDF5 apart.
      throw malformed(file, "must be readable HDF5 with all that its model needs: " + e, e);
    } catch (StackOverflowError e) {
      throw malformed(file, "nothing in the file may hold itself, or be nested without an end", e);
    }
  }

  private static MalformedModelFileException malformed(Path file, String rule, Throwable cause) {
    return new MalformedModelFileException(file + ": " + KerasFile.clean(rule), cause);
  }
}
