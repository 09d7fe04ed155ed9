package io.bayes4j.examples.data;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A file that others have published gzipped, known by its size and checksum.
 *
 * @param plainName its name once unzipped
 * @param bytes size of the gzipped file
 * @param md5 checksum of the gzipped file in lower-case hexadecimal, as published: it tells damage,
 *     not malice
 */
record PublishedFile(String plainName, int bytes, String md5) {
  /** The name under which the file is published. */
  String name() {
    return plainName + ".gz";
  }

  /** This file in a folder, gzipped or not; its content need not be the published one. */
  Optional<Path> in(Path folder) {
    return List.of(name(), plainName).stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Whether these are the bytes that were published. */
  boolean matches(byte[] content) {
    return content.length == bytes && md5Of(content).equals(md5);
  }

  /** Whether a folder holds the gzipped file as it was published. */
  boolean isSoundIn(Path folder) throws IOException {
    Path file = folder.resolve(name());
    return Files.isRegularFile(file)
        && Files.size(file) == bytes
        && matches(Files.readAllBytes(file));
  }

  static String md5Of(byte[] content) {
    try {
      byte[] digest = MessageDigest.getInstance("MD5").digest(content);
      return String.format(Locale.ROOT, "%032x", new BigInteger(1, digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must offer MD5", e);
    }
  }
}
