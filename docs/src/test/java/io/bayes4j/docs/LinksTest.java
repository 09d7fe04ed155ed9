package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LinksTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

  @Test
  void everyRelativeLinkLeadsToAFileAndAHeading() throws IOException {
    List<String> broken = new ArrayList<>();
    int checked = 0;
    for (Documents.Document document : Documents.all()) {
      Matcher links = LINK.matcher(document.prose());
      while (links.find()) {
        String link = links.group(1);
        if (!link.contains("://") && !link.startsWith("mailto:")) {
          checked++;
          if (!leadsSomewhere(document, link)) {
            broken.add(document.file() + ": " + link);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(checked).isGreaterThan(20);
  }

  private static boolean leadsSomewhere(Documents.Document document, String link)
      throws IOException {
    String[] parts = link.split("#", 2);
    Path target =
        parts[0].isEmpty() ? document.file() : document.file().resolveSibling(parts[0]).normalize();
    if (!Files.exists(target) || !target.startsWith(Documents.ROOT)) {
      return false;
    }
    return parts.length == 1
        || new Documents.Document(target, Files.readAllLines(target)).anchors().contains(parts[1]);
  }
}
