package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Zip64Record;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads the array files of NumPy: {@code .npy}, which holds one array, and {@code .npz}, a ZIP of
 * them.
 *
 * <p>Little-endian numbers are read: {@code f8} as DOUBLE, {@code f4} and (widened, which is exact)
 * {@code f2} as FLOAT, {@code i8}, {@code i4}, {@code i1}, {@code u1} and {@code b1} as INT64,
 * INT32, INT8, UINT8 and BOOL. Object arrays, which are Python pickles and could run code, are
 * refused, as is every other type.
 */
public final class NpyFiles {
  private static final String EXTENSION = ".npy";

  /** The most bytes that DEFLATE makes of one, which bounds what an entry can honestly declare. */
  private static final long MOST_INFLATION = 1032;

  private NpyFiles() {}

  /**
   * Reads an {@code .npy} file of version 1, 2 or 3, in C or Fortran order.
   *
   * @return an array in c order, outside any ND4J workspace
   * @throws MalformedTensorFileException if the file breaks a rule of the format or has another
   *     type
   * @throws IOException if the file cannot be read, or the array is larger than 2 GiB
   */
  public static INDArray readNpy(Path file) throws IOException {
    Require.nonNull(file, "file");
    requireNoFolder(file);
    Origin origin = Origin.of(file);
    FileKind.require(FileKind.NPY, origin, file);
    try (FileChannel channel = FileChannel.open(file)) {
      return read(origin, new TensorSource(origin, channel, channel.size()));
    } catch (ClosedByInterruptException e) {
      throw origin.interrupted(e);
    }
  }

  /**
   * Reads an {@code .npz} file, compressed or not.
   *
   * @return the arrays by name (that of the ZIP entry without {@code .npy}) in the order of the
   *     file, unmodifiable; the arrays are as those of {@link #readNpy}
   * @throws MalformedTensorFileException if the ZIP or an array in it breaks a rule of its format,
   *     or the ZIP holds something else than arrays
   * @throws IOException if the file cannot be read, or an array is larger than 2 GiB
   */
  public static Map<String, INDArray> readNpz(Path file) throws IOException {
    return readNpz(Require.nonNull(file, "file"), true).tensors();
  }

  /** As the other, but leaves out arrays of a type that there is none for. */
  static TensorFile readKnownTypes(Path file) throws IOException {
    return readNpz(file, false);
  }

  private static TensorFile readNpz(Path file, boolean all) throws IOException {
    requireNoFolder(file);
    Origin origin = Origin.of(file);
    FileKind.require(FileKind.NPZ, origin, file);
    long fileLength = Files.size(file);
    requirePossible(origin, file);
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    Map<String, String> types = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      List<? extends ZipEntry> entries = Collections.list(zip.entries());
      for (ZipEntry entry : entries) {
        if (!entry.getName().endsWith(EXTENSION)) {
          throw origin.malformed(
              "must hold .npy files only, holds " + Origin.quote(entry.getName()));
        }
        String name = entry.getName().substring(0, entry.getName().length() - EXTENSION.length());
        if (types.containsKey(name)) {
          throw origin.malformed("must hold each array once, repeats " + Origin.quote(name));
        }
        try {
          INDArray array = read(origin.tensor(name), zip, entry, fileLength);
          arrays.put(name, array);
          types.put(name, array.dataType().name());
        } catch (MalformedTensorFileException e) {
          if (all || e.unreadableType() == null) {
            throw e;
          }
          types.put(name, e.unreadableType());
        }
      }
    } catch (MalformedTensorFileException | FileSystemException e) {
      throw e;
    } catch (ClosedByInterruptException e) {
      throw origin.interrupted(e);
    } catch (IOException e) {
      // Not ZipException alone: an offset that is forged shows as a failed seek or an early end.
      throw origin.malformed("must be a readable ZIP file: " + reason(e), e);
    }
    return new TensorFile(arrays, types, Map.of());
  }

  private static void requirePossible(Origin origin, Path file) throws IOException {
    try {
      Optional<String> broken = Zip64Record.brokenRule(file);
      if (broken.isPresent()) {
        throw origin.malformed(broken.get());
      }
    } catch (ClosedByInterruptException e) {
      throw origin.interrupted(e);
    }
  }

  private static INDArray read(Origin origin, ZipFile zip, ZipEntry entry, long fileLength)
      throws IOException {
    long stored = entry.getCompressedSize();
    long length = entry.getSize();
    boolean possible =
        stored >= 0 && stored <= fileLength && length >= 0 && length / MOST_INFLATION <= stored;
    if (!possible) {
      throw origin.malformed(
          String.format(
              Locale.US,
              "a ZIP entry must fit its file of %d bytes, declares %d bytes, stored in %d",
              fileLength,
              length,
              stored));
    }
    CRC32 sum = new CRC32();
    try (CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
      INDArray array = read(origin, new TensorSource(origin, Channels.newChannel(in), length));
      if (in.read() >= 0) {
        throw origin.malformed("the ZIP entry is longer than it declares");
      }
      if (sum.getValue() != entry.getCrc()) {
        throw origin.malformed("the bytes do not have the CRC-32 that the ZIP file declares");
      }
      return array;
    }
  }

  private static INDArray read(Origin origin, TensorSource source) throws IOException {
    StoredTensor tensor = NpyHeader.read(origin, source);
    if (tensor.byteLength() != source.remaining()) {
      throw origin.malformed(
          String.format(
              Locale.US,
              "%s%s must be followed by %d bytes of data, is followed by %d",
              tensor.type(),
              tensor.shape(),
              tensor.byteLength(),
              source.remaining()));
    }
    INDArray array = source.take(tensor);
    if (array.ordering() == 'c' || array.isEmpty()) {
      return array;
    }
    INDArray reordered = ArrayBytes.copyInOrderOfC(array);
    array.close();
    return reordered;
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : Origin.clean(e.getMessage());
  }

  private static void requireNoFolder(Path file) throws FileSystemException {
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder, not a NumPy file");
    }
  }
}
