package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AtomicFilesTest {
  private static final byte[] OLD = "old".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NEW = "the new content".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  @Test
  void writesANewFile() throws IOException {
    Path target = folder.resolve("a.bin");
    AtomicFiles.write(target, out -> out.write(NEW));
    assertThat(target).hasBinaryContent(NEW);
    assertThat(files()).containsExactly(target);
  }

  @Test
  void replacesAnExistingFile() throws IOException {
    Path target = existing();
    AtomicFiles.write(target, out -> out.write(NEW));
    assertThat(target).hasBinaryContent(NEW);
    assertThat(files()).containsExactly(target);
  }

  @Test
  void keepsTheOldContentInPlaceUntilAllIsWritten() throws IOException {
    Path target = existing();
    AtomicFiles.write(
        target,
        out -> {
          out.write(NEW);
          out.flush();
          assertThat(target).hasBinaryContent(OLD);
        });
    assertThat(target).hasBinaryContent(NEW);
  }

  @Test
  void letsTheBodyCloseTheStream() throws IOException {
    Path target = folder.resolve("a.bin");
    AtomicFiles.write(
        target,
        out -> {
          out.write(NEW);
          out.close();
        });
    assertThat(target).hasBinaryContent(NEW);
  }

  @Test
  void namesTheTargetWhenTheBodyFailsAndKeepsIt() throws IOException {
    Path target = existing();
    IOException failure = new IOException("disk on fire");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    target,
                    out -> {
                      out.write(NEW);
                      throw failure;
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("could not write " + target + ": disk on fire")
        .hasCause(failure);
    assertThat(target).hasBinaryContent(OLD);
    assertThat(files()).containsExactly(target);
  }

  @Test
  void passesOnWhatElseTheBodyThrowsAndKeepsTheTarget() throws IOException {
    Path target = existing();
    for (Throwable failure : List.of(new IllegalStateException("no"), new AssertionError("no"))) {
      assertThatThrownBy(() -> AtomicFiles.write(target, out -> sneak(failure))).isSameAs(failure);
      assertThat(target).hasBinaryContent(OLD);
      assertThat(files()).containsExactly(target);
    }
  }

  @Test
  void refusesAFolderThatIsMissing() {
    Path target = folder.resolve("missing").resolve("a.bin");
    assertThatThrownBy(() -> AtomicFiles.write(target, out -> out.write(NEW)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(target.toString())
        .hasMessageContaining(target.getParent() + " is not a folder");
    assertThat(target.getParent()).doesNotExist();
  }

  @Test
  void refusesAFileInThePlaceOfTheFolder() throws IOException {
    Path target = existing().resolve("a.bin");
    assertThatThrownBy(() -> AtomicFiles.write(target, out -> out.write(NEW)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("is not a folder");
    assertThatThrownBy(() -> AtomicFiles.writeCreatingFolders(target, out -> out.write(NEW)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(target.getParent().toString());
  }

  @Test
  void refusesATargetThatIsAFolder() throws IOException {
    Path target = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> AtomicFiles.write(target, out -> out.write(NEW)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining(target.toString())
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> AtomicFiles.write(folder.getRoot(), out -> out.write(NEW)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("is a root folder");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void createsFoldersWhenAsked() throws IOException {
    Path target = folder.resolve("one").resolve("two").resolve("a.bin");
    AtomicFiles.writeCreatingFolders(target, out -> out.write(NEW));
    assertThat(target).hasBinaryContent(NEW);
    AtomicFiles.writeCreatingFolders(target, out -> out.write(OLD));
    assertThat(target).hasBinaryContent(OLD);
  }

  @Test
  void takesANameOfTheGreatestLength() throws IOException {
    Path target = folder.resolve("n".repeat(255));
    AtomicFiles.write(target, out -> out.write(NEW));
    assertThat(target).hasBinaryContent(NEW);
  }

  @Test
  void keepsTheModeOfAFileAndGivesANewOneThatOfNewFiles() throws IOException {
    Path fresh = Files.createFile(folder.resolve("fresh"));
    Path first = folder.resolve("a.bin");
    AtomicFiles.write(first, out -> out.write(OLD));
    assertThat(mode(first)).isEqualTo(mode(fresh));
    for (String mode : List.of("rw-------", "rw-r-----", "r--r--r--", "rwxrwxrwx")) {
      Files.setPosixFilePermissions(first, PosixFilePermissions.fromString(mode));
      AtomicFiles.write(first, out -> out.write(NEW));
      assertThat(mode(first)).isEqualTo(mode);
    }
  }

  @Test
  void onlyTheOwnerReadsWhatIsBeingWritten() throws IOException {
    for (Path target : List.of(existing(), folder.resolve("new.bin"))) {
      AtomicFiles.write(
          target,
          out -> {
            out.write(NEW);
            out.flush();
            List<Path> temporary =
                files().stream().filter(file -> file.toString().endsWith(".tmp")).toList();
            assertThat(temporary).hasSize(1);
            assertThat(mode(temporary.get(0))).isEqualTo("rw-------");
          });
    }
  }

  @Test
  void followsALinkToAFileIntoItsOwnFolder() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path file = Files.write(elsewhere.resolve("real.bin"), OLD);
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere/real.bin"));
    Path linkToLink = Files.createSymbolicLink(folder.resolve("link2"), link);
    AtomicFiles.write(linkToLink, out -> out.write(NEW));
    assertThat(file).hasBinaryContent(NEW);
    assertThat(link).isSymbolicLink();
    assertThat(linkToLink).isSymbolicLink();
    try (Stream<Path> files = Files.list(elsewhere)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(AtomicFiles.exists(linkToLink)).isTrue();
  }

  @Test
  void refusesALinkThatLeadsToNoFile() throws IOException {
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("gone.bin"));
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    Path folderLink = Files.createSymbolicLink(folder.resolve("link"), folder);
    for (Path link : List.of(dangling, loop)) {
      assertThatThrownBy(() -> AtomicFiles.write(link, out -> out.write(NEW)))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining(link + ": cannot be written: is a symbolic link to ")
          .hasMessageContaining(", which leads to no file");
      assertThatThrownBy(() -> AtomicFiles.exists(link))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining(link + ": cannot be read: is a symbolic link to ");
      assertThat(link).isSymbolicLink();
    }
    assertThatThrownBy(() -> AtomicFiles.write(folderLink, out -> out.write(NEW)))
        .hasMessageContaining("is a folder");
    assertThat(AtomicFiles.exists(folder.resolve("none"))).isFalse();
    assertThat(files()).containsExactlyInAnyOrder(dangling, loop, folderLink);
  }

  @Test
  void refusesWhatIsNoRegularFile() {
    assertThatThrownBy(() -> AtomicFiles.write(Path.of("/dev/null"), out -> out.write(NEW)))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("/dev/null: cannot be written: is no regular file");
  }

  @Test
  void createsNoFolderWhereALinkLeadsToOne() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    AtomicFiles.writeCreatingFolders(link.resolve("a.bin"), out -> out.write(NEW));
    assertThat(real.resolve("a.bin")).hasBinaryContent(NEW);
  }

  @Test
  void anInterruptedWriteSaysSoAndLeavesTheThreadInterrupted() throws IOException {
    Path target = existing();
    try {
      assertThatThrownBy(
              () ->
                  AtomicFiles.write(
                      target,
                      out -> {
                        Thread.currentThread().interrupt();
                        out.write(NEW);
                      }))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage(
              "could not write "
                  + target
                  + ": the thread was interrupted; the file is as it was before");
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      Path missing = folder.resolve("new.bin");
      assertThatThrownBy(() -> AtomicFiles.write(missing, out -> out.write(NEW)))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessageContaining("new.bin: the thread was interrupted; there is no such file");
    } finally {
      Thread.interrupted();
    }
    assertThat(target).hasBinaryContent(OLD);
    assertThat(files()).containsExactly(target);
  }

  @Test
  void aFailureWithoutAMessageIsNamedByItsKind() {
    Path target = folder.resolve("a.bin");
    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    target,
                    out -> {
                      throw new EOFException();
                    }))
        .hasMessage("could not write " + target + ": EOFException");
  }

  @Test
  void removesWhatKilledProcessesLeftAndNothingElse() throws Exception {
    Path target = existing();
    Path note = Files.createFile(folder.resolve(".bayes4j-notes.tmp"));
    Process killed = writer("killed.bin");
    Process living = writer("living.bin");
    Path older = Files.createFile(folder.resolve(".bayes4j-" + UUID.randomUUID() + ".tmp"));
    assertThat(temporary()).hasSize(3).contains(older);
    killed.destroyForcibly().waitFor();

    AtomicFiles.write(target, out -> out.write(NEW));

    assertThat(temporary()).hasSize(1).doesNotContain(older);
    assertThat(note).exists();
    living.getOutputStream().write('\n');
    living.getOutputStream().close();
    assertThat(living.waitFor()).isZero();
    assertThat(folder.resolve("living.bin")).hasBinaryContent(NEW);
    assertThat(temporary()).isEmpty();
  }

  @Test
  void leavesAloneWhatAnotherThreadIsWriting() throws Exception {
    Path target = existing();
    AtomicFiles.write(
        target,
        out -> {
          out.write(NEW);
          AtomicFiles.write(folder.resolve("inner.bin"), inner -> inner.write(OLD));
        });
    assertThat(target).hasBinaryContent(NEW);
    assertThat(folder.resolve("inner.bin")).hasBinaryContent(OLD);
  }

  /** Another JVM, in the middle of a write that goes on when it gets a line. */
  private Process writer(String name) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SlowWriter.class.getName(),
                folder.resolve(name).toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.getInputStream().read()).isEqualTo('w');
    return process;
  }

  /** Writes a file, slowly. */
  static final class SlowWriter {
    private SlowWriter() {}

    @SuppressWarnings("SystemOut")
    public static void main(String... args) throws IOException {
      AtomicFiles.write(
          Path.of(args[0]),
          out -> {
            out.write(NEW);
            out.flush();
            System.out.write('w');
            System.out.flush();
            assertThat(System.in.read()).isEqualTo('\n');
          });
    }
  }

  private List<Path> temporary() throws IOException {
    return files().stream().filter(file -> TemporaryFile.isName(file.getFileName())).toList();
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Path existing() throws IOException {
    return Files.write(folder.resolve("existing.bin"), OLD);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static void sneak(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }
}
