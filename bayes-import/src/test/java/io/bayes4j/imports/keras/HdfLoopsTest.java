package io.bayes4j.imports.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.bayes4j.imports.ModelFile;
import io.bayes4j.imports.format.MalformedModelFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HDF5 whose groups hold themselves or what holds them: they are refused, and soon. */
final class HdfLoopsTest {
  private static final Duration SOON = Duration.ofMinutes(2);

  /** "SNOD" and "TREE": a list of what a group holds, and the tree of such lists. */
  private static final int LIST = 0x444f4e53;

  private static final int TREE = 0x45455254;

  /** Where the superblock says where the first group is. */
  private static final int FIRST_GROUP = 64;

  private static final int ENTRY = 40;

  @TempDir private Path folder;

  private static Path original(String name) {
    return Path.of(URI.create(HdfLoopsTest.class.getResource(name).toString()));
  }

  private static ByteBuffer read(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Places of what begins with a signature. */
  private static List<Integer> places(ByteBuffer hdf, int signature) {
    List<Integer> places = new ArrayList<>();
    for (int at = 0; at + 8 <= hdf.limit(); at += 8) {
      if (hdf.getInt(at) == signature) {
        places.add(at);
      }
    }
    assertThat(places).isNotEmpty();
    return places;
  }

  /** Lets all that a list names be one object. */
  private static void replace(ByteBuffer hdf, int list, long object) {
    int count = hdf.getShort(list + 6);
    for (int i = 0; i < count; i++) {
      hdf.putLong(list + 16 + i * ENTRY, object);
    }
  }

  private void refused(Path file, String rule) {
    assertTimeoutPreemptively(
        SOON,
        () ->
            assertThatThrownBy(() -> ModelFile.read(file))
                .isInstanceOf(MalformedModelFileException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(rule));
  }

  private Path written(ByteBuffer hdf) throws IOException {
    byte[] bytes = new byte[hdf.capacity()];
    hdf.duplicate().rewind().get(bytes);
    return Files.write(folder.resolve("loop.h5"), bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lstm-k2.h5", "branches-k1.h5", "mnist-k3.h5"})
  void groupsThatHoldTheFirstGroup(String name) throws IOException {
    ByteBuffer hdf = read(original(name));
    long first = hdf.getLong(FIRST_GROUP);
    places(hdf, LIST).forEach(list -> replace(hdf, list, first));

    refused(written(hdf), "must have at least 1 weights in the file, has 0");
  }

  /** A tree of lists without an end. */
  @ParameterizedTest
  @ValueSource(strings = {"lstm-k2.h5", "branches-k1.h5", "mnist-k3.h5"})
  void treesThatHoldThemselves(String name) throws IOException {
    ByteBuffer hdf = read(original(name));
    for (int tree : places(hdf, TREE)) {
      hdf.put(tree + 5, (byte) 1);
      hdf.putLong(tree + 32, tree);
    }

    refused(written(hdf), "nothing in the file may hold itself, or be nested without an end");
  }

  /** Parts of a layer that are the layer itself were looked into over and over. */
  @Test
  void partsOfALayerThatAreTheLayer() throws IOException {
    Path archive = original("bilstm.keras");
    Path file = folder.resolve("loop.keras");
    try (ZipFile zip = new ZipFile(archive.toFile());
        OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream out = new ZipOutputStream(stream)) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        try (InputStream in = zip.getInputStream(entry)) {
          byte[] content = in.readAllBytes();
          if (entry.getName().endsWith(".h5")) {
            everyGroupHoldsItself(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
          }
          out.write(content);
        }
      }
    }

    refused(file, "is there under two names");
  }

  /** Those of two parts, as a layer of two directions is. */
  private static void everyGroupHoldsItself(ByteBuffer hdf) {
    for (int list : places(hdf, LIST)) {
      int count = hdf.getShort(list + 6);
      for (int i = 0; i < count; i++) {
        int entry = list + 8 + i * ENTRY;
        boolean group = hdf.getInt(entry + 16) == 1;
        int inner =
            group ? Math.toIntExact(hdf.getLong(Math.toIntExact(hdf.getLong(entry + 24)) + 32)) : 0;
        if (group && hdf.getInt(inner) == LIST && hdf.getShort(inner + 6) == 2) {
          replace(hdf, inner, hdf.getLong(entry + 8));
        }
      }
    }
  }
}
