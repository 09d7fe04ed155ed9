package io.bayes4j.layers.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a file is by its first bytes, for a word on what to do with one of another format. */
enum FileKind {
  /** Tensors after a header in JSON. */
  SAFETENSORS("is a safetensors file: read it with SafeTensors.read"),
  NPY("is a NumPy array: read it with NpyFiles.readNpy"),
  NPZ("is an archive of NumPy arrays: read it with NpyFiles.readNpz"),
  PYTORCH("is a PyTorch file: read it with TorchStateDict.read"),
  HDF5(
      "is an HDF5 file, as Keras writes: in Python, save the arrays with"
          + " safetensors.numpy.save_file(arrays, \"model.safetensors\")"),
  KERAS(
      "is a Keras archive: in Python, save the arrays with safetensors.numpy.save_file(arrays,"
          + " \"model.safetensors\")"),
  ONNX(
      "is an ONNX model: in Python, save its initializers with safetensors.numpy.save_file(arrays,"
          + " \"model.safetensors\")"),
  ZIP("is a ZIP archive: unpack it"),
  GZIP("is compressed with gzip: unpack it"),
  INDEX_OF_SHARDS(
      "is the index of a model whose tensors lie in other files: read it with TorchStateDict.read"),
  JSON("is JSON text"),
  HTML("is a web page: the download gave a page instead of the file"),
  LFS_POINTER("is a pointer of Git LFS: fetch the file with git lfs pull"),
  EMPTY("is empty"),
  UNKNOWN("");

  private static final int HEAD = 256;

  /** How the names of lists of the files of a model end that is split into several. */
  private static final String INDEX = ".index.json";

  private static final byte[] HDF5_MAGIC = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final byte[] ZIP_MAGIC = {'P', 'K', 3, 4};
  private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};
  private static final int PICKLE = 0x80;

  private final String words;

  FileKind(String words) {
    this.words = words;
  }

  /**
   * Refuses a file that is recognisably of another kind than wanted.
   *
   * @throws MalformedTensorFileException which says what the file is, and what to do
   */
  static void require(FileKind wanted, Origin origin, Path file) throws IOException {
    FileKind kind = of(file);
    // An archive that is cut or forged is for the reader to name.
    boolean perhaps = kind == UNKNOWN || (wanted == NPZ && kind == ZIP);
    if (kind != wanted && !perhaps) {
      throw origin.malformed(kind.words);
    }
  }

  /**
   * The kind of a file; UNKNOWN if nothing is recognised.
   *
   * @throws NoSuchFileException which says so in its message, where there is none
   */
  static FileKind of(Path file) throws IOException {
    byte[] head;
    try (InputStream in = open(file)) {
      head = in.readNBytes(HEAD);
    }
    Path name = file.getFileName();
    return of(head, name == null ? "" : name.toString().toLowerCase(Locale.ROOT));
  }

  /** Whether a file begins as a ZIP archive. */
  static boolean isZip(Path file) throws IOException {
    try (InputStream in = open(file)) {
      return starts(in.readNBytes(ZIP_MAGIC.length), ZIP_MAGIC);
    }
  }

  /** Opens a file; of one that cannot be read, Java's own messages are its name alone. */
  private static InputStream open(Path file) throws IOException {
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw because(new NoSuchFileException(file.toString(), null, "there is no such file"), e);
    } catch (AccessDeniedException e) {
      throw because(new AccessDeniedException(file.toString(), null, "may not be read"), e);
    }
  }

  private static FileSystemException because(FileSystemException named, IOException cause) {
    named.initCause(cause);
    return named;
  }

  private static FileKind of(byte[] head, String name) {
    if (head.length == 0) {
      return EMPTY;
    }
    if (starts(head, HDF5_MAGIC)) {
      return HDF5;
    }
    if (starts(head, NPY_MAGIC)) {
      return NPY;
    }
    if (starts(head, ZIP_MAGIC)) {
      return archive(head, name);
    }
    if (starts(head, GZIP_MAGIC) && !jsonFollows(head)) {
      return GZIP;
    }
    return jsonFollows(head) ? SAFETENSORS : withoutMagic(head, name);
  }

  /** Whether this is where the header of a safetensors file begins, after its length. */
  private static boolean jsonFollows(byte[] head) {
    int first = Long.BYTES;
    // Spaces may stand before it; text has no zeros in the upper half of what would be a length.
    boolean length = head.length > first && Arrays.equals(head, 4, first, new byte[4], 0, 4);
    while (length && first < head.length && " \t\r\n".indexOf(head[first]) >= 0) {
      first++;
    }
    return head.length > first && head[first] == '{';
  }

  private static FileKind withoutMagic(byte[] head, String name) {
    boolean pickle = (head[0] & 0xff) == PICKLE && head.length > 1 && head[1] >= 2 && head[1] <= 5;
    if (pickle) {
      return PYTORCH;
    }
    String text = new String(head, StandardCharsets.ISO_8859_1).stripLeading();
    if (text.startsWith("<")) {
      return HTML;
    }
    if (text.startsWith("version https://git-lfs")) {
      return LFS_POINTER;
    }
    if (text.startsWith("{") || text.startsWith("[")) {
      return name.endsWith(INDEX) ? INDEX_OF_SHARDS : JSON;
    }
    return name.endsWith(".onnx") ? ONNX : UNKNOWN;
  }

  /** By the name of the first entry, which follows its fixed header. */
  private static FileKind archive(byte[] head, String name) {
    int length = head.length < 30 ? 0 : (head[26] & 0xff) | (head[27] & 0xff) << 8;
    int end = Math.min(head.length, 30 + length);
    String first = end <= 30 ? "" : new String(head, 30, end - 30, StandardCharsets.ISO_8859_1);
    boolean torch = first.endsWith("data.pkl") || first.endsWith(".format_version");
    if (torch || List.of(".pt", ".pth").stream().anyMatch(name::endsWith)) {
      return PYTORCH;
    }
    if (first.endsWith(".npy") || name.endsWith(".npz")) {
      return NPZ;
    }
    boolean keras = first.equals("metadata.json") || first.endsWith(".weights.h5");
    return keras || name.endsWith(".keras") ? KERAS : ZIP;
  }

  private static boolean starts(byte[] head, byte... magic) {
    if (head.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if (head[i] != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
