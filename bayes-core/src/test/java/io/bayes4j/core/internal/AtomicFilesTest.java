package io.bayes4j.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
