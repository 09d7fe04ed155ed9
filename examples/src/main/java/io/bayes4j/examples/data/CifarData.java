package io.bayes4j.examples.data;

import io.bayes4j.examples.Check;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * CIFAR-10 in its binary version: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny
 * Images", 2009.
 *
 * <p>The first of these that there is: the folder or archive that the user names, and then nothing
 * else; the archive in the cache folder; the archive downloaded into it from the data set's own
 * site.
 */
public final class CifarData {
  /** The classes, in the order of their numbers. */
  public static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  /** The terms, for people. */
  public static final String LICENCE = "CIFAR-10: A. Krizhevsky, V. Nair, G. Hinton, 2009.";

  private static final PublishedFile ARCHIVE =
      new PublishedFile("cifar-10-binary.tar", 170_052_171, "c32a1d4ab5d03f1284b67883e8d87530");

  private static final URI SITE = URI.create("https://www.cs.toronto.edu/~kriz/");
  private static final String FOLDER = "cifar-10-batches-bin";
  private static final String TEST = "test_batch.bin";
  private static final int TRAINING_FILES = 5;
  private static final int RECORD = 1 + ColourImages.BYTES;

  private final Path source;

  private CifarData(Path source) {
    this.source = source;
  }

  /**
   * Finds the data.
   *
   * @throws IllegalArgumentException if the user's folder holds none
   * @throws InterruptedIOException if the thread is interrupted during a download
   * @throws IOException if there are none; the message says what to do
   */
  public static CifarData find(DataOptions options) throws IOException {
    return find(options.withMirrors(List.of(SITE)), ARCHIVE);
  }

  static CifarData find(DataOptions options, PublishedFile archive) throws IOException {
    if (options.directory().isPresent()) {
      return new CifarData(inUsers(options.directory().get(), archive));
    }
    Path folder = options.cache().resolve("cifar-10");
    if (!archive.isSoundIn(folder)) {
      fetch(options, archive, folder);
    }
    return new CifarData(folder.resolve(archive.name()));
  }

  private static void fetch(DataOptions options, PublishedFile archive, Path folder)
      throws IOException {
    String advice =
        "; download "
            + SITE
            + archive.name()
            + " elsewhere and name the file with --data, or its unpacked folder";
    if (options.offline()) {
      throw new IOException(
          "CIFAR-10 is not in " + folder + ", and --offline forbids to download it" + advice);
    }
    try {
      new Download(options).fetch(List.of(archive), folder);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("CIFAR-10 could not be downloaded: " + e.getMessage() + advice, e);
    }
  }

  /** The folder with the batches, or the archive. */
  private static Path inUsers(Path given, PublishedFile archive) {
    List<Path> candidates = List.of(given, given.resolve(FOLDER), given.resolve(archive.name()));
    Optional<Path> found =
        candidates.stream()
            .filter(
                path ->
                    Files.isRegularFile(path)
                        ? path.toString().endsWith(".tar.gz")
                        : Files.isRegularFile(path.resolve(TEST)))
            .findFirst();
    Check.argument(
        found.isPresent(),
        "--data must be a folder with %s or %s in it, or that archive, got %s",
        TEST,
        archive.name(),
        given);
    return found.get();
  }

  /** Where the data were found. */
  public Path source() {
    return source;
  }

  /**
   * The 50,000 images to learn from.
   *
   * @throws MalformedDataException if a file is missing or breaks the format
   */
  public ColourImages train() throws IOException {
    List<String> names = new ArrayList<>();
    for (int file = 1; file <= TRAINING_FILES; file++) {
      names.add("data_batch_" + file + ".bin");
    }
    return read(names);
  }

  /**
   * The 10,000 images to test on.
   *
   * @throws MalformedDataException if the file is missing or breaks the format
   */
  public ColourImages test() throws IOException {
    return read(List.of(TEST));
  }

  private ColourImages read(List<String> names) throws IOException {
    byte[][] contents = new byte[names.size()][];
    if (Files.isDirectory(source)) {
      for (int i = 0; i < contents.length; i++) {
        Path file = source.resolve(names.get(i));
        MalformedDataException.require(
            Files.isRegularFile(file), source, "must hold %s, but does not", names.get(i));
        contents[i] = Files.readAllBytes(file);
      }
    } else {
      unpack(names, contents);
    }
    return images(names, contents);
  }

  private void unpack(List<String> names, byte[][] contents) throws IOException {
    try (InputStream file = Files.newInputStream(source);
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(file, 1 << 16))) {
      int left = names.size();
      for (TarArchiveEntry entry = tar.getNextEntry();
          entry != null && left > 0;
          entry = tar.getNextEntry()) {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        int index = names.indexOf(name);
        if (index >= 0 && contents[index] == null) {
          contents[index] = tar.readAllBytes();
          MalformedDataException.require(
              contents[index].length == entry.getSize(), source, "is cut off within %s", name);
          left--;
        }
      }
    } catch (EOFException | ZipException e) {
      throw new MalformedDataException(source, "is a damaged archive: " + e.getMessage(), e);
    } catch (MalformedDataException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedDataException(source, "is no archive: " + e.getMessage(), e);
    }
    for (int i = 0; i < contents.length; i++) {
      MalformedDataException.require(
          contents[i] != null, source, "must hold %s, but does not", names.get(i));
    }
  }

  private ColourImages images(List<String> names, byte[][] contents) throws IOException {
    int count = 0;
    for (int i = 0; i < contents.length; i++) {
      MalformedDataException.require(
          contents[i].length > 0 && contents[i].length % RECORD == 0,
          source,
          "must hold records of %d bytes in %s, holds %d bytes",
          RECORD,
          names.get(i),
          contents[i].length);
      count += contents[i].length / RECORD;
    }
    byte[] pixels = new byte[Math.multiplyExact(count, ColourImages.BYTES)];
    int[] labels = new int[count];
    int image = 0;
    for (byte[] content : contents) {
      for (int at = 0; at < content.length; at += RECORD) {
        labels[image] = content[at] & 0xff;
        MalformedDataException.require(
            labels[image] < CLASSES.size(),
            source,
            "must hold classes below %d, got %d",
            CLASSES.size(),
            labels[image]);
        System.arraycopy(content, at + 1, pixels, image * ColourImages.BYTES, ColourImages.BYTES);
        image++;
      }
    }
    return new ColourImages("pictures", pixels, labels);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "CIFAR-10 from %s", source);
  }
}
