package io.bayes4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out before the work begins whether its results can be written. */
public final class Folders {
  private Folders() {}

  /**
   * Makes a folder ready to write to.
   *
   * @param option what the message calls it
   * @throws IllegalArgumentException if it is no folder, cannot be made, or cannot be written to
   */
  public static void requireWritable(String option, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          option + ": cannot make the folder " + folder + " (" + e + ")", e);
    }
    Check.argument(Files.isWritable(folder), "%s: the folder %s must be writable", option, folder);
  }

  /** The folder that a file is in. */
  public static Path of(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    if (folder == null) {
      throw new IllegalArgumentException(file + " must be a file in a folder");
    }
    return folder;
  }
}
