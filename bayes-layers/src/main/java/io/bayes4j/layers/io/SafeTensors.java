package io.bayes4j.layers.io;

import io.bayes4j.core.internal.AtomicFiles;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.io.SafeTensorsHeader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Reads and writes safetensors files, which hold named tensors and a map of text.
 *
 * <p>A file is the length of its header (8 bytes, little-endian), the header (JSON, at most 100 MB:
 * for each tensor its type, shape and place in the data) and the data (little-endian, last axis
 * fastest, each byte belonging to one tensor). The format is that of <a
 * href="https://github.com/huggingface/safetensors">huggingface/safetensors</a>. What its own
 * reader passes over is passed over here: spaces before and after the header, unknown keys of a
 * tensor, a metadata of {@code null}; but a file that has two values for a key is refused.
 *
 * <table>
 * <caption>Types in a file and the arrays they are read into</caption>
 * <tr><th>file</th><th>array</th><th>written</th></tr>
 * <tr><td>F64, F32</td><td>DOUBLE, FLOAT</td><td>yes</td></tr>
 * <tr><td>F16, BF16</td><td>FLOAT, widened, which is exact</td><td>no</td></tr>
 * <tr><td>I64, I32, I8</td><td>INT64, INT32, INT8</td><td>yes</td></tr>
 * <tr><td>U8, BOOL</td><td>UINT8, BOOL</td><td>yes</td></tr>
 * </table>
 *
 * <p>Elements keep their bits, those of a NaN included. Tensors of other types, such as F8_E4M3,
 * are left out, and {@link TensorFile#unreadable} names them: who needs none of them can read the
 * rest.
 */
public final class SafeTensors {
  private SafeTensors() {}

  /**
   * Reads a whole file.
   *
   * @return the tensors and the metadata in the order of the header; arrays are in c order and
   *     outside any ND4J workspace
   * @throws MalformedTensorFileException if the file breaks a rule of the format
   * @throws IOException if the file cannot be read, or a tensor is larger than 2 GiB
   */
  public static TensorFile read(Path file) throws IOException {
    Require.nonNull(file, "file");
    if (Files.isDirectory(file)) {
      throw new FileSystemException(file.toString(), null, "is a folder, not a safetensors file");
    }
    Origin origin = Origin.of(file);
    FileKind.require(FileKind.SAFETENSORS, origin, file);
    try (FileChannel channel = FileChannel.open(file)) {
      TensorSource source = new TensorSource(origin, channel, channel.size());
      SafeTensorsHeader header = readHeader(origin, source);
      Map<String, INDArray> tensors = new LinkedHashMap<>();
      Map<String, String> types = new LinkedHashMap<>();
      for (Entry entry : header.entries().values()) {
        types.put(entry.name(), entry.type());
        if (entry.tensor() != null) {
          tensors.put(entry.name(), null);
        }
      }
      for (Entry entry : header.inFileOrder()) {
        if (entry.tensor() == null) {
          source.skip(entry.end() - entry.begin());
        } else {
          tensors.put(entry.name(), source.take(entry.tensor()));
        }
      }
      return new TensorFile(tensors, types, header.metadata());
    } catch (ClosedByInterruptException e) {
      throw origin.interrupted(e);
    }
  }

  /**
   * Writes a whole file, replacing a file of the same name only once all is written.
   *
   * <p>The same tensors and metadata in the same order give the same bytes. The data of wider types
   * comes first, otherwise in the order given.
   *
   * @param tensors by name, of any layout; types as in the table
   * @param metadata text by key, may be empty
   * @throws IllegalArgumentException if a name, type or size cannot be stored; no file is touched
   * @throws IOException if writing fails; an existing file is then as it was before
   */
  public static void write(Path file, Map<String, INDArray> tensors, Map<String, String> metadata)
      throws IOException {
    Require.nonNull(file, "file");
    Require.nonNull(tensors, "tensors");
    Require.nonNull(metadata, "metadata");
    AtomicFiles.write(file, new SafeTensorsWriter(tensors, metadata)::write);
  }

  private static SafeTensorsHeader readHeader(Origin origin, TensorSource source)
      throws IOException {
    long length = source.take(Long.BYTES, "the length of the header").getLong();
    if (length < 0 || length > SafeTensorsHeader.MOST_BYTES) {
      throw origin.malformed(
          String.format(
              Locale.US,
              "the header must have at most %d bytes, declares %s",
              SafeTensorsHeader.MOST_BYTES,
              Long.toUnsignedString(length)));
    }
    ByteBuffer bytes = source.take((int) length, "the header");
    SafeTensorsHeader header = SafeTensorsHeaderParser.parse(origin, bytes);
    header.requireCovering(origin, source.remaining());
    return header;
  }
}
