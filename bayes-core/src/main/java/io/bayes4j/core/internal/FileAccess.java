package io.bayes4j.core.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may do what with a file that is about to be written: as with the one that it replaces, or as
 * with any new one. Where a file system has no POSIX permissions, nothing is done.
 */
final class FileAccess {
  private static final Logger LOG = LoggerFactory.getLogger(AtomicFiles.class);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final boolean posix;
  private final Optional<PosixFileAttributes> replaced;

  private FileAccess(boolean posix, Optional<PosixFileAttributes> replaced) {
    this.posix = posix;
    this.replaced = replaced;
  }

  /** The access to a file that exists or not. */
  static FileAccess of(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    return new FileAccess(
        posix,
        posix && Files.exists(file)
            ? Optional.of(Files.readAttributes(file, PosixFileAttributes.class))
            : Optional.empty());
  }

  /**
   * With what a temporary file is made. What is to be secret never is readable for others, not even
   * while it is empty; what is new starts with the mode of a new file, to learn that mode.
   */
  FileAttribute<?>[] atCreation() {
    return replaced.isPresent()
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  /**
   * Closes an empty temporary file to all but its owner.
   *
   * @return the mode that {@link #grant} is to give it
   */
  Set<PosixFilePermission> close(Path temporary) throws IOException {
    if (!posix) {
      return Set.of();
    }
    Set<PosixFilePermission> before = Files.getPosixFilePermissions(temporary);
    Files.setPosixFilePermissions(temporary, OWNER_ONLY);
    return replaced.map(PosixFileAttributes::permissions).orElse(before);
  }

  /** Opens a written temporary file to those who may use the target. */
  void grant(Path temporary, Set<PosixFilePermission> mode) throws IOException {
    if (!posix) {
      return;
    }
    Set<PosixFilePermission> granted = EnumSet.noneOf(PosixFilePermission.class);
    granted.addAll(mode);
    if (replaced.isPresent() && !takesOver(replaced.get(), temporary)) {
      // The members of another group must not get what was meant for the old one.
      restrict(granted, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
      restrict(granted, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
      restrict(granted, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);
    }
    Files.setPosixFilePermissions(temporary, granted);
  }

  /** Gives the file the old one's owner, if the process may, and group; tells whether of group. */
  private static boolean takesOver(PosixFileAttributes old, Path temporary) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
    PosixFileAttributes now = view.readAttributes();
    boolean sameGroup = now.group().equals(old.group());
    try {
      if (!sameGroup) {
        view.setGroup(old.group());
        sameGroup = true;
      }
      if (!now.owner().equals(old.owner())) {
        view.setOwner(old.owner());
      }
    } catch (IOException e) {
      LOG.debug("{} does not keep owner {} and group {}", temporary, old.owner(), old.group(), e);
    }
    return sameGroup;
  }

  private static void restrict(
      Set<PosixFilePermission> granted, PosixFilePermission group, PosixFilePermission others) {
    if (!granted.contains(others)) {
      granted.remove(group);
    }
  }
}
