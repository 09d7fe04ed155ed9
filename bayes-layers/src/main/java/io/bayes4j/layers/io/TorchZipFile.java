package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Zip64Record;
import io.bayes4j.layers.io.PickleValue.Storage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * A file as PyTorch writes them since 1.6: a ZIP whose one folder has {@code data.pkl}, what was
 * saved, and {@code data/}, a file for each storage.
 */
final class TorchZipFile implements TorchStorages {
  private static final String PICKLE = "data.pkl";

  /** Weights do not shrink by more, so that what does is no file of weights. */
  private static final int MOST_INFLATION = 32;

  private static final long SMALL = 1 << 24;

  private static final int PIECE = 1 << 16;

  private final ZipFile zip;
  private final byte[] piece = new byte[PIECE];
  private final Map<String, ZipEntry> entries = new HashMap<>();
  private @Nullable String folder;
  private @Nullable Object saved;

  private TorchZipFile(ZipFile zip) {
    this.zip = zip;
  }

  static TorchZipFile open(Path file, Origin origin) throws IOException {
    Optional<String> broken = Zip64Record.brokenRule(file);
    if (broken.isPresent()) {
      throw origin.malformed(broken.get());
    }
    TorchZipFile content = new TorchZipFile(new ZipFile(file.toFile()));
    try {
      content.list(origin, Files.size(file));
      content.readPickle(origin);
      return content;
    } catch (IOException | RuntimeException e) {
      content.close();
      throw e;
    }
  }

  private void list(Origin origin, long fileLength) throws MalformedTensorFileException {
    long stored = 0;
    long declared = 0;
    for (ZipEntry entry : Collections.list(zip.entries())) {
      long size = entry.getSize();
      boolean possible = size >= 0 && entry.getCompressedSize() >= 0;
      // Saturated: any sum that overflows is too large.
      stored = possible ? saturated(stored, entry.getCompressedSize()) : Long.MAX_VALUE;
      declared = saturated(declared, Math.max(size, 0));
      if (entries.put(entry.getName(), entry) != null) {
        throw origin.malformed("a ZIP file must have each entry once");
      }
      if (entry.getName().endsWith("/" + PICKLE) && folder == null) {
        folder = entry.getName().substring(0, entry.getName().length() - PICKLE.length());
      }
    }
    if (stored > fileLength || declared > MOST_INFLATION * fileLength + SMALL) {
      throw origin.malformed(
          "the entries of a ZIP file of "
              + fileLength
              + " bytes must not overlap nor inflate to more than 32 times as many, declare "
              + declared);
    }
    requireStateDict(origin);
  }

  private static long saturated(long a, long b) {
    return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
  }

  private void requireStateDict(Origin origin) throws MalformedTensorFileException {
    if (folder == null) {
      throw origin.malformed("is a ZIP archive, but none of torch.save: it has no data.pkl");
    }
    if (entries.containsKey(folder + "constants.pkl")) {
      throw origin.malformed(
          "is a TorchScript program: in Python, save the weights alone with"
              + " torch.save(torch.jit.load(file).state_dict(), \"model.pt\")");
    }
  }

  private void readPickle(Origin origin) throws IOException {
    ZipEntry order = entries.get(folder + "byteorder");
    if (order != null) {
      try (InputStream in = zip.getInputStream(order)) {
        String text = new String(in.readNBytes(16), StandardCharsets.US_ASCII);
        if (!text.equals("little")) {
          throw origin.malformed(
              "the byte order must be little, is " + Origin.quote(text) + ", which is not read");
        }
      }
    }
    ZipEntry pickle = Require.entry(entries, folder + PICKLE);
    PickleNames names = new PickleNames(origin);
    try (InputStream in = new BufferedInputStream(zip.getInputStream(pickle))) {
      saved = new PickleReader(origin, new PickleInput(origin, in, pickle.getSize()), names).read();
    }
    names.requireAllowed();
  }

  @Override
  public Object saved() {
    return Objects.requireNonNull(saved);
  }

  private @Nullable ZipEntry entry(Storage storage) {
    return entries.get(folder + "data/" + storage.key());
  }

  @Override
  public void require(Storage storage, Origin origin) throws MalformedTensorFileException {
    ZipEntry entry = entry(storage);
    String place = "storage " + Origin.quote(storage.key());
    if (entry == null) {
      throw origin.malformed(place + " is not in the file");
    }
    boolean fits =
        storage.begin() <= Long.MAX_VALUE - storage.length()
            && storage.begin() + storage.length() <= entry.getSize() / storage.width();
    if (!fits) {
      throw origin.malformed(
          place
              + " must have "
              + storage.length()
              + " elements of "
              + storage.width()
              + " bytes, has "
              + entry.getSize()
              + " bytes");
    }
  }

  @Override
  public boolean isCompressed(Storage storage) {
    return Objects.requireNonNull(entry(storage)).getMethod() != ZipEntry.STORED;
  }

  @Override
  public ReadableByteChannel from(Storage storage, long firstByte) throws IOException {
    InputStream in = zip.getInputStream(entry(storage));
    in.skipNBytes(firstByte);
    return new Pieces(in, piece);
  }

  /** A stream as a channel, by pieces that stay in the processor's cache. */
  private static final class Pieces implements ReadableByteChannel {
    private final InputStream in;
    private final byte[] piece;

    Pieces(InputStream in, byte[] piece) {
      this.in = in;
      this.piece = piece;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
      int count = in.read(piece, 0, Math.min(piece.length, target.remaining()));
      if (count > 0) {
        target.put(piece, 0, count);
      }
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
