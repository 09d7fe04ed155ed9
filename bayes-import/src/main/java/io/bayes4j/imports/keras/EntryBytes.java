package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.FileBytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * What an entry of a ZIP file holds, as memory: a small one copied, one that lies there as it is
 * mapped in its place, one that is packed mapped from a copy in a temporary file.
 */
final class EntryBytes implements AutoCloseable {
  private static final long SMALL = 1 << 20;

  private final ByteBuffer bytes;
  private final Optional<Path> copy;

  private EntryBytes(ByteBuffer bytes, Optional<Path> copy) {
    this.bytes = bytes;
    this.copy = copy;
  }

  /** Whether the bytes are those of the archive itself. */
  boolean isInPlace() {
    return bytes.isDirect() && copy.isEmpty();
  }

  static EntryBytes of(Path file, ZipFile zip, ZipEntry entry) throws IOException {
    if (entry.getSize() >= 0 && entry.getSize() <= SMALL) {
      // An entry's stream ends where the entry declares, whatever its data would inflate to.
      try (InputStream in = zip.getInputStream(entry)) {
        return new EntryBytes(ByteBuffer.wrap(in.readAllBytes()), Optional.empty());
      }
    }
    OptionalLong place = place(file, entry);
    return place.isPresent()
        ? new EntryBytes(FileBytes.part(file, place.getAsLong(), entry.getSize()), Optional.empty())
        : copied(zip, entry);
  }

  /** Where an entry's bytes lie; empty if they are packed, or are not all there. */
  private static OptionalLong place(Path file, ZipEntry entry) throws IOException {
    long size = entry.getSize();
    boolean plain = entry.getMethod() == ZipEntry.STORED && size == entry.getCompressedSize();
    if (!plain || size > Integer.MAX_VALUE) {
      return OptionalLong.empty();
    }
    // Java's own ZipFile does not tell.
    try (var zip =
        org.apache.commons.compress.archivers.zip.ZipFile.builder()
            .setPath(file)
            .setIgnoreLocalFileHeader(true)
            .get()) {
      ZipArchiveEntry found = zip.getEntry(entry.getName());
      if (found == null) {
        return OptionalLong.empty();
      }
      // The place is known once the entry is opened.
      zip.getRawInputStream(found).close();
      long begin = found.getDataOffset();
      boolean there = begin >= 0 && begin <= Files.size(file) - size;
      return there ? OptionalLong.of(begin) : OptionalLong.empty();
    }
  }

  private static EntryBytes copied(ZipFile zip, ZipEntry entry) throws IOException {
    Path copy = Files.createTempFile("bayes4j-", ".h5");
    try (InputStream in = zip.getInputStream(entry)) {
      Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      return new EntryBytes(FileBytes.of(copy), Optional.of(copy));
    } catch (IOException | RuntimeException e) {
      delete(copy);
      throw e;
    }
  }

  ByteBuffer bytes() {
    return bytes;
  }

  private static void delete(Path copy) throws IOException {
    try {
      Files.deleteIfExists(copy);
    } catch (AccessDeniedException e) {
      // Windows deletes no file that is mapped.
      copy.toFile().deleteOnExit();
    }
  }

  @Override
  public void close() throws IOException {
    if (copy.isPresent()) {
      delete(copy.get());
    }
  }
}
