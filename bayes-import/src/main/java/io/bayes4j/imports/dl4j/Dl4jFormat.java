package io.bayes4j.imports.dl4j;

import io.bayes4j.core.internal.Require;
import io.bayes4j.imports.format.ImportedModel;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.bayes4j.imports.format.ModelFormat;
import io.bayes4j.imports.format.UnsupportedModelException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Models of Deeplearning4j: the ZIP files of its {@code ModelSerializer}, with a MultiLayerNetwork
 * or a ComputationGraph that has one input and one output.
 *
 * <p>Images have channels first as here. Sequences [N, features, T] of Deeplearning4j are [N, T,
 * features] here, but for networks that begin with a convolution. A softmax at the end is left out,
 * since losses and predictors want logits; {@link ImportedModel#notes} says so.
 */
public final class Dl4jFormat implements ModelFormat {
  /** A reader without options. */
  public Dl4jFormat() {}

  @Override
  public String name() {
    return "Deeplearning4j";
  }

  @Override
  public boolean recognizes(byte[] head, Path file) throws IOException {
    Require.argument(head != null, "head must not be null");
    Require.nonNull(file, "file");
    boolean zip = head.length > 3 && head[0] == 'P' && head[1] == 'K' && head[2] == 3;
    if (!zip || Dl4jFile.isImpossible(file)) {
      return false;
    }
    try (ZipFile archive = new ZipFile(file.toFile())) {
      return archive.getEntry(Dl4jFile.CONFIGURATION) != null;
    } catch (ZipException | IllegalArgumentException e) {
      // A damaged archive is of no format; names that are no text are the other exception.
      return false;
    }
  }

  @Override
  public ImportedModel read(Path file) throws IOException {
    ModelFormat.requireFile(file);
    try (Dl4jFile content = Dl4jFile.open(file)) {
      return new Dl4jNetwork(file.toString(), content).build();
    } catch (UnsupportedModelException | MalformedModelFileException e) {
      throw e;
    } catch (UncheckedIOException e) {
      throw Dl4jFile.broken(file, Objects.requireNonNull(e.getCause()));
    } catch (RuntimeException | StackOverflowError e) {
      throw new MalformedModelFileException(file + ": " + Dl4jFile.clean(String.valueOf(e)), e);
    }
  }
}
