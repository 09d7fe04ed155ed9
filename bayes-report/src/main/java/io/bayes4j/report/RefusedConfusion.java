package io.bayes4j.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the refused examples are, and what the model would have said about them. */
final class RefusedConfusion {
  /** More classes than this make a list of pairs instead of a table of all. */
  private static final int MOST_CLASSES = 12;

  private static final int MOST_PAIRS = 12;
  private static final int SHADES = 5;

  private final Findings findings;
  private final ClassNames names;

  RefusedConfusion(Findings findings, ClassNames names) {
    this.findings = findings;
    this.names = names;
  }

  String html() {
    Html html = new Html().element("h3", "What it would have said");
    Map<Long, Long> counts = counts();
    long refused = counts.values().stream().mapToLong(count -> count).sum();
    if (refused == 0) {
      return html.element("p", "It refuses none of the " + findings.noun() + ".", "class", "absent")
          .toString();
    }
    long right =
        counts.entrySet().stream()
            .filter(pair -> truth(pair.getKey()) == answer(pair.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    html.element(
        "p",
        Numbers.count(refused)
            + " of the "
            + findings.noun()
            + " are refused. Forced to answer, it would get "
            + Numbers.share(right / (double) refused)
            + " of them right: refusing cost it those, and spared it the rest.");
    return html.raw(findings.judged().classCount() <= MOST_CLASSES ? matrix(counts) : pairs(counts))
        .toString();
  }

  /** How many refused examples have each truth and answer; the key holds both. */
  private Map<Long, Long> counts() {
    Map<Long, Long> counts = new TreeMap<>();
    for (int i = 0; i < findings.judged().count(); i++) {
      if (findings.isRefused(i)) {
        counts.merge(key(findings.known()[i], findings.judged().answer(i)), 1L, Long::sum);
      }
    }
    return counts;
  }

  private static long key(int truth, int answer) {
    return (long) truth << Integer.SIZE | answer;
  }

  private static int truth(long key) {
    return (int) (key >> Integer.SIZE);
  }

  private static int answer(long key) {
    return (int) key;
  }

  private String matrix(Map<Long, Long> counts) {
    int classes = findings.judged().classCount();
    long most = counts.values().stream().mapToLong(count -> count).max().orElse(1);
    List<String> headings = new ArrayList<>(List.of("It is"));
    for (int k = 0; k < classes; k++) {
      headings.add("“" + names.of(k) + "”");
    }
    Html html = Tables.start(headings);
    for (int truth = 0; truth < classes; truth++) {
      html.open("tr").element("th", names.of(truth), "scope", "row");
      for (int answer = 0; answer < classes; answer++) {
        long count = counts.getOrDefault(key(truth, answer), 0L);
        String kind = truth == answer ? "hit" : "miss";
        String shade = count == 0 ? "none" : kind + " shade-" + (1 + (SHADES - 1) * count / most);
        html.element("td", count == 0 ? "" : Numbers.count(count), "class", shade);
      }
      html.close();
    }
    return Tables.finish(html);
  }

  private String pairs(Map<Long, Long> counts) {
    return Tables.table(
        List.of("It is", "It would have said", "Number"),
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_PAIRS)
            .map(
                pair ->
                    List.of(
                        names.of(truth(pair.getKey())),
                        names.of(answer(pair.getKey())),
                        Numbers.count(pair.getValue())))
            .toList());
  }
}
