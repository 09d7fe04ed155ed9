package io.bayes4j.examples.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CacheFolderTest {
  @TempDir private Path home;

  @Test
  void followsTheVariableOfTheSystem() {
    String cache = home.resolve("elsewhere").toString();
    Path expected = home.resolve("elsewhere").resolve("bayes4j");
    assertThat(CacheFolder.locate(Map.of("XDG_CACHE_HOME", cache), "Linux", home))
        .isEqualTo(expected);
    assertThat(CacheFolder.locate(Map.of("LOCALAPPDATA", cache), "Windows 11", home))
        .isEqualTo(expected);
  }

  @Test
  void isBelowTheHomeFolderOtherwise() {
    Path expected = home.resolve(".cache").resolve("bayes4j");
    assertThat(CacheFolder.locate(Map.of(), "Linux", home)).isEqualTo(expected);
    assertThat(CacheFolder.locate(Map.of("XDG_CACHE_HOME", ""), "Linux", home)).isEqualTo(expected);
    assertThat(CacheFolder.locate(Map.of("XDG_CACHE_HOME", "relative"), "Linux", home))
        .isEqualTo(expected);
    assertThat(CacheFolder.locate(Map.of("LOCALAPPDATA", home.toString()), "Mac OS X", home))
        .isEqualTo(expected);
  }
}
