package io.bayes4j.imports.format;

import io.bayes4j.core.internal.Require;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A kind of model file that can be read. */
public interface ModelFormat {
  /** The format in a word, such as "ONNX". */
  String name();

  /**
   * Whether a file is of this format, by its content: its name says nothing.
   *
   * @param head the file's first bytes, {@value #HEAD} or all of them
   * @param file for formats that the first bytes do not tell, such as the entries of an archive
   * @throws IOException if the file cannot be read
   */
  boolean recognizes(byte[] head, Path file) throws IOException;

  /**
   * Reads a file of this format.
   *
   * @throws MalformedModelFileException if the file breaks the format's rules, or this library's
   *     limits of size and depth
   * @throws UnsupportedModelException if the file holds operators or layers that there is nothing
   *     for here
   * @throws IOException if the file cannot be read
   */
  ImportedModel read(Path file) throws IOException;

  /**
   * Checks an argument "file".
   *
   * @return the argument
   * @throws IllegalArgumentException if it is null or a folder
   */
  static Path requireFile(Path file) {
    Require.nonNull(file, "file");
    Require.argument(!Files.isDirectory(file), "file must be a file, got the folder \"%s\"", file);
    return file;
  }

  /** Number of bytes that {@link #recognizes} is given, if the file has as many. */
  int HEAD = 4096;
}
